// Serves dist with made-up answers of the API, to see the dashboard without the real server. For development only.
//
//   node scripts/mock-server.mjs [--port 4173] [--scenario full|empty|waiting|no-advisories|clear] [--every SECONDS] [--token-seconds N]
//
// Any e-mail address signs in with the password "zerotrace". POST /mock/scenario?name=…, /mock/event, /mock/drop (cuts the live
// connections), /mock/fail?on=true (every read answers 500) and /mock/delay?ms=… change it while it runs.
import { randomUUID } from "node:crypto"
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import { dirname, extname, join, normalize } from "node:path"
import { fileURLToPath } from "node:url"
import { Company, isSilent } from "../mock/company.mjs"
import { acceptWebSocket } from "../mock/web-socket.mjs"

const option = (name, fallback) => {
  const index = process.argv.indexOf(`--${name}`)
  return index < 0 ? fallback : process.argv[index + 1]
}
const port = Number(option("port", 4173))
const every = Number(option("every", 6))
const tokenSeconds = Number(option("token-seconds", 300))
const dist = join(dirname(fileURLToPath(import.meta.url)), "..", "dist")

/** The policy that the gateway sends, too. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
const mediaTypes = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".map": "application/json",
}

let company = new Company(option("scenario", "full"))
let isFailing = false
let delay = 0
const connections = new Set()
/** Refresh token → its session; a session knows which of its tokens is the live one. */
const refreshTokens = new Map()
/** Access token → when it ends. */
const accessTokens = new Map()

class Refusal extends Error {
  constructor(status, code, message) {
    super(message)
    Object.assign(this, { status, code })
  }
}

const server = createServer((request, response) => {
  void handle(request).then(
    ({ status = 200, body, headers = {} }) => {
      const text = body === undefined ? "" : Buffer.isBuffer(body) ? body : JSON.stringify(body)
      response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store", ...headers })
      response.end(text)
    },
    (error) => {
      const { status = 500, code = "internal" } = error
      if (status === 500 && !(error instanceof Refusal)) console.error(error)
      response.writeHead(status, { "Content-Type": "application/json" })
      response.end(JSON.stringify({ error: { code, message: error.message, request_id: randomUUID().slice(0, 8) } }))
    },
  )
})

async function handle(request) {
  const address = new URL(request.url, "http://mock")
  if (address.pathname.startsWith("/mock/")) return control(address)
  if (!address.pathname.startsWith("/v1/")) return file(address.pathname)
  if (address.pathname.startsWith("/v1/auth/")) return authenticate(request, address.pathname)
  if (delay > 0) await new Promise((done) => setTimeout(done, delay))
  if (!isValid(request.headers.authorization?.replace("Bearer ", ""))) throw new Refusal(401, "token_expired", "The access token has expired.")
  if (isFailing) throw new Refusal(500, "internal", "Something went wrong on the server.")
  return { body: read(address) }
}

function control(address) {
  const value = (name) => address.searchParams.get(name)
  switch (address.pathname) {
    case "/mock/scenario":
      company = new Company(value("name"))
      break
    case "/mock/event":
      publish()
      break
    case "/mock/drop":
      for (const { connection } of connections) connection.drop()
      break
    case "/mock/fail":
      isFailing = value("on") === "true"
      break
    case "/mock/delay":
      delay = Number(value("ms"))
      break
    default:
      throw new Refusal(404, "not_found", "No such control.")
  }
  return { body: {} }
}

function file(path) {
  const name = extname(path) ? normalize(path).replace(/^(\.\.[/\\])+/, "") : "/index.html"
  try {
    const isHashed = name.startsWith("/assets/")
    return {
      body: readFileSync(join(dist, name)),
      headers: {
        "Content-Type": mediaTypes[extname(name)] ?? "application/octet-stream",
        "Cache-Control": isHashed ? "public, max-age=31536000, immutable" : "no-cache",
        "Content-Security-Policy": contentSecurityPolicy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
      },
    }
  } catch {
    throw new Refusal(404, "not_found", "No such file.")
  }
}

async function authenticate(request, path) {
  const cookie = /zt_refresh=([^;]+)/.exec(request.headers.cookie ?? "")?.[1]
  switch (path) {
    case "/v1/auth/oidc":
      return { body: { items: [] } }
    case "/v1/auth/login": {
      const { email, password } = JSON.parse(await textOf(request))
      if (password !== "zerotrace") throw new Refusal(401, "unauthorized", "E-mail or password is wrong.")
      return grant({ email, current: null })
    }
    case "/v1/auth/refresh": {
      const session = refreshTokens.get(cookie)
      if (!session || session.current === null) throw new Refusal(401, "unauthorized", "Not signed in.")
      if (session.current !== cookie) {
        session.current = null
        console.error("a refresh token was used twice: session revoked")
        throw new Refusal(401, "unauthorized", "The refresh token was used before.")
      }
      return grant(session)
    }
    case "/v1/auth/logout": {
      const session = refreshTokens.get(cookie)
      if (session) session.current = null
      return { status: 204, headers: { "Set-Cookie": "zt_refresh=; HttpOnly; SameSite=Strict; Path=/v1/auth; Max-Age=0" } }
    }
    default:
      throw new Refusal(404, "not_found", "No such resource.")
  }
}

function grant(session) {
  session.current = randomUUID()
  refreshTokens.set(session.current, session)
  const token = randomUUID()
  accessTokens.set(token, Date.now() + tokenSeconds * 1_000)
  return {
    body: {
      access_token: token,
      token_type: "Bearer",
      expires_in: tokenSeconds,
      user: { id: `user ${session.email}`, email: session.email, role: "analyst" },
      company: { id: "company", name: "Example Company" },
      permissions: ["view_self", "view_findings", "view_events", "manage_own_sessions"],
    },
    headers: { "Set-Cookie": `zt_refresh=${session.current}; HttpOnly; SameSite=Strict; Path=/v1/auth` },
  }
}

const isValid = (token) => (accessTokens.get(token) ?? 0) > Date.now()

function read({ pathname, searchParams }) {
  const parts = pathname.split("/").slice(2).map(decodeURIComponent)
  const [resource, id, detail] = parts
  const query = (searchParams.get("q") ?? "").toLowerCase()
  switch (resource) {
    case "overview":
      return company.overview()
    case "trend":
      return { items: company.trend }
    case "scan-cost":
      return company.scanCost()
    case "barred-agents":
      return { items: [] }
    case "sla-policy":
      return { severity: { critical: 30 }, decision: {}, exploited: 21 }
    case "retention-policy":
      return { event_days: 365 }
    case "sessions": {
      const at = new Date().toISOString()
      return { items: [{ id: "s", created_at: at, last_used_at: at, expires_at: new Date(Date.now() + 14 * 86_400_000).toISOString(), address: "127.0.0.1", current: true }] }
    }
    case "feeds":
      return company.advisoryState()
    case "events":
      return searchParams.get("newest")
        ? { items: company.events.slice(-Number(searchParams.get("limit") ?? 50)).reverse(), next_cursor: null }
        : page(company.events.filter((event) => event.id > Number(searchParams.get("after") ?? 0)), searchParams)
    case "agents": {
      if (!id) return page(agents(searchParams, query), searchParams, (agent) => company.summary(agent))
      const agent = company.agents.find((each) => each.id === id)
      if (!agent) throw new Refusal(404, "not_found", "There is no such agent.")
      if (!detail) return company.detail(agent)
      if (detail === "packages") return page(company.packages(agent).filter(({ name }) => name.includes(query)), searchParams)
      return page(searchParams.get("undetermined") ? [] : company.findings(agent).filter(filter(searchParams, query)), searchParams)
    }
    case "vulnerabilities": {
      if (!id) {
        const flat = ({ vulnerability, ...rest }) => ({ ...vulnerability, ...rest })
        const found = searchParams.get("assignee") ? [] : company.affected().filter(filter(searchParams, query))
        return page(found.filter(({ overdue }) => overdue || !searchParams.get("overdue")), searchParams, flat)
      }
      if (detail === "agents") return page(company.affectedAgents(id), searchParams)
      if (detail === "notes") return { items: [], next_cursor: null }
      const found = detail ? company.explanation(id, searchParams.get("package") ?? "") : company.vulnerability(id)
      if (!found) throw new Refusal(404, "not_found", "No feed speaks of it.")
      return found
    }
    default:
      throw new Refusal(404, "not_found", "No such resource.")
  }
}

function agents(parameters, query) {
  const state = parameters.get("state")
  const isAsked = (agent) => agent.hostname.includes(query) && (!state || agent.state === state) && (!parameters.get("silent") || isSilent(agent))
  const list = company.agents.filter(isAsked)
  const risk = (agent) => company.findings(agent)[0]?.vulnerability.risk.value ?? 0
  switch (parameters.get("sort")) {
    case "hostname":
      return list.sort((a, b) => (a.hostname < b.hostname ? -1 : 1))
    case "last_seen":
      return list.sort((a, b) => a.lastSeen - b.lastSeen)
    default:
      return list.sort((a, b) => risk(b) - risk(a) || company.findings(b).length - company.findings(a).length)
  }
}

function filter(parameters, query) {
  const order = ["unknown", "none", "low", "medium", "high", "critical"]
  const least = order.indexOf(parameters.get("severity") ?? "unknown")
  return ({ vulnerability, packages, fixable }) =>
    order.indexOf(vulnerability.severity) >= least &&
    (!parameters.get("exploited") || vulnerability.kev) &&
    (!parameters.get("fixable") || (fixable ?? packages.some(({ fixed_version }) => fixed_version))) &&
    (query === "" ||
      `${vulnerability.id} ${vulnerability.summary}`.toLowerCase().includes(query) ||
      Boolean(packages?.some(({ name }) => name.includes(query))))
}

function page(items, parameters, shape = (item) => item) {
  const start = Number(parameters.get("cursor") ?? 0)
  const end = start + Number(parameters.get("limit") ?? 50)
  return { items: items.slice(start, end).map(shape), next_cursor: end < items.length ? String(end) : null }
}

server.on("upgrade", (request, socket) => {
  const reader = { isSubscribed: false }
  const hear = (text) => {
    const message = JSON.parse(text)
    if (!isValid(message.access_token)) {
      reader.connection.send({ type: "error", code: "unauthorized" })
      reader.connection.close(1008)
    } else if (message.type === "subscribe") {
      reader.isSubscribed = true
      reader.connection.send({ type: "subscribed", latest: company.events.at(-1)?.id ?? 0 })
      if (message.after !== null) {
        for (const event of company.events) if (event.id > message.after) reader.connection.send({ type: "event", event })
      }
    }
  }
  reader.connection = acceptWebSocket(request, socket, hear, () => connections.delete(reader))
  if (reader.connection) connections.add(reader)
})

function publish() {
  if (company.agents.length === 0 || company.scenario === "waiting") return
  const event = company.changeSomething()
  for (const reader of connections) if (reader.isSubscribed) reader.connection.send({ type: "event", event })
}

if (every > 0) setInterval(publish, every * 1_000)
server.listen(port, "127.0.0.1", () => console.log(`http://localhost:${port}/ (any e-mail, password "zerotrace")`))

async function textOf(request) {
  let text = ""
  for await (const part of request) text += part
  return text
}
