// As much of RFC 6455 on the server's side as the dashboard needs: text frames both ways, ping and close.
import { createHash } from "node:crypto"

const acceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
/** Clients send only small JSON. */
const largestFrame = 65_535

/** Answers the handshake. Returns the connection, or null when the request is none. */
export function acceptWebSocket(request, socket, onText, onClose) {
  const key = request.headers["sec-websocket-key"]
  if (!key || request.headers.upgrade?.toLowerCase() !== "websocket") {
    socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")
    return null
  }
  const accept = createHash("sha1").update(key + acceptSuffix).digest("base64")
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
  let pending = Buffer.alloc(0)
  socket.on("data", (bytes) => {
    pending = Buffer.concat([pending, bytes])
    for (let frame = readFrame(pending); frame; frame = readFrame(pending)) {
      pending = pending.subarray(frame.length)
      if (frame.opcode === 1) onText(frame.payload.toString("utf8"))
      else if (frame.opcode === 9) writeFrame(socket, 10, frame.payload)
      else if (frame.opcode === 8) socket.end(frameOf(8, frame.payload))
    }
    if (pending.length > largestFrame + 14) socket.destroy()
  })
  socket.on("close", onClose)
  socket.on("error", () => socket.destroy())
  return {
    send: (message) => writeFrame(socket, 1, Buffer.from(JSON.stringify(message))),
    close: (code) => socket.end(frameOf(8, Buffer.from([code >> 8, code & 255]))),
    drop: () => socket.destroy(),
  }
}

function readFrame(bytes) {
  if (bytes.length < 2) return null
  let size = bytes[1] & 127
  let offset = 2
  if (size === 126) {
    if (bytes.length < 4) return null
    size = bytes.readUInt16BE(2)
    offset = 4
  } else if (size === 127) return null
  const isMasked = (bytes[1] & 128) !== 0
  const start = offset + (isMasked ? 4 : 0)
  if (bytes.length < start + size) return null
  const payload = Buffer.from(bytes.subarray(start, start + size))
  if (isMasked) for (let index = 0; index < size; index++) payload[index] ^= bytes[offset + (index % 4)]
  return { opcode: bytes[0] & 15, payload, length: start + size }
}

function writeFrame(socket, opcode, payload) {
  if (socket.writable) socket.write(frameOf(opcode, payload))
}

function frameOf(opcode, payload) {
  const head = [128 | opcode]
  if (payload.length < 126) head.push(payload.length)
  else if (payload.length < 65_536) head.push(126, payload.length >> 8, payload.length & 255)
  else head.push(127, 0, 0, 0, 0, payload.length >>> 24, (payload.length >> 16) & 255, (payload.length >> 8) & 255, payload.length & 255)
  return Buffer.concat([Buffer.from(head), payload])
}
