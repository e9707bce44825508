"""A relay on loopback that stands where a network does, and is slow, answers nonsense, is gone, or cuts connections when told."""
import asyncio
import contextlib
import random
import threading

# What a misconfigured proxy, a failing one, a wrong program and a broken one say.
NONSENSE = [
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 20\r\n\r\n<html>welcome</html>",
    b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.zerotrace.verdicts\r\nContent-Length: 12\r\n\r\nZTVM\x01\x02\xff\xff\xff\xff\xff\xff",
    b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.zerotrace.verdicts\r\nContent-Length: 4000\r\n\r\nZTVM\x01\x02" + bytes(200),
]


class Relay:
    """Passes on bytes between whoever connects to `port` and a server on loopback. All relays share one thread."""

    loop = None

    def __init__(self, port, target):
        self.port, self.target = port, target
        # Seconds that every piece of an answer waits.
        self.delay = 0
        # Whether something else answers.
        self.is_wrong = False
        # Bytes after which a connection breaks at the latest.
        self.cut_within = None
        self.cuts = 0
        self.server = None
        self.writers = set()
        self.random = random.Random(port)
        if Relay.loop is None:
            Relay.loop = asyncio.new_event_loop()
            threading.Thread(target=Relay.loop.run_forever, daemon=True).start()
        self.open()

    def call(self, work):
        return asyncio.run_coroutine_threadsafe(work, Relay.loop).result(30)

    def open(self):
        async def start():
            self.server = await asyncio.start_server(self.serve, "127.0.0.1", self.port, backlog=4096)

        self.call(start())

    def close(self):
        """Nobody listens any more, and what was connected is not."""

        async def end():
            self.server.close()
            self.break_all()

        self.call(end())

    def break_connections(self):
        Relay.loop.call_soon_threadsafe(self.break_all)

    def break_all(self):
        for writer in list(self.writers):
            writer.transport.abort()

    async def serve(self, reader, writer):
        self.writers.add(writer)
        other = None
        try:
            if self.is_wrong:
                return await self.answer_nonsense(reader, writer)
            far_reader, other = await asyncio.open_connection("127.0.0.1", self.target)
            self.writers.add(other)
            await asyncio.gather(self.pump(reader, other, writer), self.pump(far_reader, writer, other, answers=True))
        except OSError:
            pass
        finally:
            for each in filter(None, [writer, other]):
                self.writers.discard(each)
                each.close()

    async def answer_nonsense(self, reader, writer):
        await reader.read(65_536)
        writer.write(self.random.choice(NONSENSE))
        with contextlib.suppress(OSError):
            await writer.drain()

    async def pump(self, reader, writer, other, answers=False):
        left = None
        while data := await reader.read(65_536):
            if answers and self.delay:
                await asyncio.sleep(self.delay)
            if self.is_wrong:
                break
            if self.cut_within is None:
                left = None
            elif left is None:
                left = self.random.randrange(self.cut_within)
            if left is not None:
                # Up to a byte in the middle of something, and then nothing, in both directions.
                writer.write(data[:left])
                left -= len(data)
                if left < 0:
                    self.cuts += 1
                    await writer.drain()
                    break
            else:
                writer.write(data)
            await writer.drain()
        for each in (writer, other):
            if left is not None and left < 0:
                each.transport.abort()
            else:
                each.close()
