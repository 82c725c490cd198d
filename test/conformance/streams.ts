/** What streams and bodies do, as script bodies (see globals.ts). Names are behaviours. For browsers: Node's own streams follow the standard less. */
import streamsExpected from './streams.expected.json' with { type: 'json' }

/** Beside `attempt`: the same for promises, and a log of chunks until the end or the error. */
const TOOLS = String.raw`
  const settle = async (run) => { try { return await run() } catch (error) { return [error?.name ?? String(error), error instanceof Error] } };
  const drain = async (stream) => { const seen = []; try { for await (const chunk of stream) seen.push(chunk instanceof Uint8Array ? [...chunk] : chunk) }
    catch (error) { seen.push('error ' + (error?.name ?? error)) } return seen };
  const count = (end, extra = {}) => { let next = 0; return new ReadableStream({ pull(c) { if (next === end) c.close(); else c.enqueue(next++) }, ...extra }) };
  const tick = () => new Promise((resolve) => setTimeout(resolve, 0));
  const CLASSES = ['ReadableStream', 'ReadableStreamDefaultReader', 'ReadableStreamBYOBReader', 'ReadableStreamBYOBRequest', 'ReadableByteStreamController',
    'ReadableStreamDefaultController', 'WritableStream', 'WritableStreamDefaultWriter', 'WritableStreamDefaultController', 'TransformStream',
    'TransformStreamDefaultController', 'ByteLengthQueuingStrategy', 'CountQueuingStrategy'];
`

const READABLE: readonly (readonly [name: string, body: string])[] = [
  ['names, tags and lengths of the classes', "return CLASSES.map((n) => [globalThis[n].name, globalThis[n].length, Object.prototype.toString.call(globalThis[n].prototype)])"],
  ['globals are writable, configurable, not enumerable', String.raw`return CLASSES.map((n) => { const { writable, configurable, enumerable } =
    Object.getOwnPropertyDescriptor(globalThis, n); return [writable, configurable, enumerable] })`],
  ['members are enumerable, tags are not', String.raw`return CLASSES.map((n) => Object.entries(Object.getOwnPropertyDescriptors(globalThis[n].prototype))
    .map(([k, d]) => [k, d.enumerable, typeof d.get, typeof d.value, d.value?.length ?? null, d.value?.name ?? null]).sort())`],
  ['classes need new', 'return CLASSES.map((n) => attempt(() => globalThis[n]())[0])'],
  ['controllers and requests cannot be made', String.raw`return ['ReadableStreamBYOBRequest', 'ReadableByteStreamController', 'ReadableStreamDefaultController',
    'WritableStreamDefaultController', 'TransformStreamDefaultController'].map((n) => attempt(() => new globalThis[n]()))`],
  ['methods test their receiver', String.raw`const p = ReadableStream.prototype; return [attempt(() => p.tee.call({})), attempt(() => p.getReader.call(1)),
    attempt(() => Object.getOwnPropertyDescriptor(p, 'locked').get.call({})), await settle(() => p.cancel.call({})), await settle(() => p.pipeTo.call({}, new WritableStream())),
    attempt(() => p.pipeThrough.call({}, new TransformStream()))]`],
  ['reads in order until the end', 'const r = count(3).getReader(); return [await r.read(), await r.read(), await r.read(), await r.read(), await r.closed]'],
  ['iterates', 'return drain(count(5))'],
  ['start, pull and cancel are called with the controller and the source as this', String.raw`const seen = []; const source = { start(c) { seen.push('start', this === source, c.constructor.name) },
    pull(c) { seen.push('pull', this === source); c.enqueue(1) }, cancel(r) { seen.push('cancel', r, this === source) } };
    const s = new ReadableStream(source); await tick(); await s.cancel('why'); return seen`],
  ['a start that throws', "return [attempt(() => new ReadableStream({ start() { throw new RangeError('x') } }))]"],
  ['a pull that rejects errors the stream', "return drain(new ReadableStream({ pull: async () => { throw new RangeError('x') } }))"],
  ['strategies', String.raw`return [new CountQueuingStrategy({ highWaterMark: 3 }).size(9), new ByteLengthQueuingStrategy({ highWaterMark: 3 }).size(new Uint8Array(7)),
    new CountQueuingStrategy({ highWaterMark: '4' }).highWaterMark, attempt(() => new CountQueuingStrategy()), attempt(() => new CountQueuingStrategy({})),
    new CountQueuingStrategy({ highWaterMark: 1 }).size === new CountQueuingStrategy({ highWaterMark: 2 }).size]`],
  ['bad high water marks and sizes', String.raw`return [-1, NaN, 'x'].map((highWaterMark) => attempt(() => new ReadableStream({}, { highWaterMark })))
    .concat([attempt(() => new ReadableStream({ start(c) { c.enqueue(1) } }, { size: () => -1 })), attempt(() => new ReadableStream({}, { size: 1 }))])`],
  ['desiredSize falls and rises', String.raw`let c; const s = new ReadableStream({ start(x) { c = x } }, { highWaterMark: 2 }); const seen = [c.desiredSize]; c.enqueue(1); seen.push(c.desiredSize);
    c.enqueue(2); c.enqueue(3); seen.push(c.desiredSize); const r = s.getReader(); await r.read(); seen.push(c.desiredSize); c.close(); seen.push(attempt(() => c.enqueue(1))); return seen`],
  ['an infinite high water mark', "let n = 0; new ReadableStream({ pull(c) { c.enqueue(n++); if (n === 50) c.close() } }, { highWaterMark: Infinity }); await tick(); await tick(); return n"],
  ['nothing is pulled beyond the high water mark', 'let n = 0; new ReadableStream({ pull(c) { c.enqueue(n++) } }, { highWaterMark: 4 }); await tick(); await tick(); return n'],
  ['locks', String.raw`const s = count(2); const r = s.getReader(); const out = [s.locked, attempt(() => s.getReader()), await settle(() => s.cancel()), attempt(() => s.tee()),
    attempt(() => s.values())]; r.releaseLock(); return [...out, s.locked, await settle(() => r.read()), await settle(() => r.closed), r.releaseLock()]`],
  ['pending reads reject when the reader is released', "const r = new ReadableStream().getReader(); const p = settle(() => r.read()); r.releaseLock(); return p"],
  ['getReader of an unknown mode', "return [attempt(() => new ReadableStream().getReader({ mode: 'x' })), attempt(() => new ReadableStream().getReader(null).constructor.name), attempt(() => new ReadableStream().getReader({ mode: 'byob' }))]"],
  ['cancel ends the stream', "const s = count(9); const r = s.getReader(); await r.cancel('x'); return [await r.read(), await r.closed, s.locked]"],
  ['an error rejects reads, closed and cancel', String.raw`let c; const s = new ReadableStream({ start(x) { c = x } }); const r = s.getReader(); const p = settle(() => r.read()); c.error(new RangeError('x'));
    return [await p, await settle(() => r.closed), await settle(() => r.cancel()), c.desiredSize]`],
  ['iteration left early cancels, unless told not to', String.raw`const seen = []; const make = () => count(9, { cancel: () => void seen.push('cancel') });
    const a = make(); for await (const _ of a) break; const b = make(); for await (const _ of b.values({ preventCancel: true })) break; return [seen, a.locked, b.locked, (await b.getReader().read()).value]`],
  ['the iterator', String.raw`const i = count(2).values(); const proto = Object.getPrototypeOf(i); return [Object.prototype.toString.call(i), typeof i.next, typeof i.return, typeof i.throw,
    i[Symbol.asyncIterator]() === i, await Promise.all([i.next(), i.next(), i.next()]), await i.return(5), Object.getPrototypeOf(proto) ===
    Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}.prototype)), ReadableStream.prototype.values === ReadableStream.prototype[Symbol.asyncIterator]]`],
  ['tee gives both all, cancels with both', String.raw`const [a, b] = count(3).tee(); const out = [await drain(a), await drain(b)]; const seen = []; const [c, d] = count(3, { cancel: (r) => void seen.push(r) }).tee();
    const p = c.cancel('c'); await tick(); seen.push(seen.length); await d.cancel('d'); await p; return [...out, seen]`],
  ['tee passes errors on', "const [a, b] = new ReadableStream({ pull(c) { c.error(new RangeError('x')) } }).tee(); return [await drain(a), await drain(b)]"],
  ['a subclass', "class S extends ReadableStream { more() { return 1 } } const s = new S({ start(c) { c.enqueue(1); c.close() } }); return [s.more(), s instanceof ReadableStream, await drain(s)]"],
  ['streams are not cloned', "return attempt(() => structuredClone({ s: new ReadableStream() })).slice(0, 1)"],
]

const BYTES: readonly (readonly [name: string, body: string])[] = [
  ['byte streams give Uint8Arrays and take the buffer', String.raw`const given = new Uint16Array([1, 2]); const s = new ReadableStream({ type: 'bytes', start(c) { c.enqueue(given); c.close() } });
    return [given.byteLength, await drain(s)]`],
  ['BYOB reads transfer the view', String.raw`const s = new ReadableStream({ type: 'bytes', start(c) { c.enqueue(new Uint8Array([1, 2, 3])); c.close() } }); const r = s.getReader({ mode: 'byob' });
    const view = new Uint8Array(2); const a = await r.read(view); const b = await r.read(new Uint8Array(4)); const c = await r.read(new Uint8Array(4));
    return [view.byteLength, a.value.constructor.name, [...a.value], [...b.value], b.value.buffer.byteLength, c.done, c.value.byteLength, c.value.buffer.byteLength]`],
  ['BYOB reads into other views', String.raw`const s = new ReadableStream({ type: 'bytes', start(c) { c.enqueue(new Uint8Array([1, 0, 2, 0, 3])); c.enqueue(new Uint8Array([0])) }, pull(c) { c.enqueue(new Uint8Array([7])) } }); const r = s.getReader({ mode: 'byob' });
    const a = await r.read(new Uint16Array(4)); const b = await r.read(new DataView(new ArrayBuffer(9), 3, 2)); return [a.value.constructor.name, [...a.value], b.value.constructor.name, b.value.byteOffset, b.value.byteLength]`],
  ['byobRequest is filled in place', String.raw`const s = new ReadableStream({ type: 'bytes', pull(c) { const { view } = c.byobRequest; view[0] = 7; view[1] = 8; c.byobRequest.respond(2) } });
    const { value, done } = await s.getReader({ mode: 'byob' }).read(new Uint8Array(5)); return [[...value], done, value.buffer.byteLength]`],
  ['byobRequest answered with another view', String.raw`const s = new ReadableStream({ type: 'bytes', pull(c) { const { view } = c.byobRequest; const own = new Uint8Array(view.buffer.transfer?.() ?? structuredClone(view.buffer,
    { transfer: [view.buffer] }), 0, 3); own.set([4, 5, 6]); c.byobRequest.respondWithNewView(own) } }); const { value } = await s.getReader({ mode: 'byob' }).read(new Uint8Array(5)); return [...value]`],
  ['wrong answers to byobRequest', String.raw`const seen = []; const s = new ReadableStream({ type: 'bytes', pull(c) { const q = c.byobRequest; seen.push(attempt(() => q.respond(0)), attempt(() => q.respond(99)),
    attempt(() => q.respond(-1)), attempt(() => q.respondWithNewView({})), attempt(() => q.respondWithNewView(new Uint8Array(1)))); q.respond(1); seen.push(attempt(() => q.respond(1)), q.view, c.byobRequest) } });
    await s.getReader({ mode: 'byob' }).read(new Uint8Array(5)); return seen`],
  ['autoAllocateChunkSize', String.raw`const s = new ReadableStream({ type: 'bytes', autoAllocateChunkSize: 16, pull(c) { c.byobRequest.view[0] = 9; c.byobRequest.respond(1) } }); const { value } = await s.getReader().read();
    return [[...value], value.buffer.byteLength, attempt(() => new ReadableStream({ type: 'bytes', autoAllocateChunkSize: 0 }))]`],
  ['no byobRequest for a default reader', "let q; const s = new ReadableStream({ type: 'bytes', pull(c) { q = c.byobRequest; c.enqueue(new Uint8Array(1)) } }); await s.getReader().read(); return q"],
  ['closing with a BYOB read pending', String.raw`let c; const s = new ReadableStream({ type: 'bytes', start(x) { c = x } }); const p = s.getReader({ mode: 'byob' }).read(new Uint8Array(3)); await tick();
    c.close(); c.byobRequest.respond(0); const { value, done } = await p; return [value.byteLength, done]`],
  ['cancelling with a BYOB read pending', "const r = new ReadableStream({ type: 'bytes' }).getReader({ mode: 'byob' }); const p = r.read(new Uint8Array(3)); await r.cancel(); return p"],
  ['what byte streams refuse', String.raw`let c; new ReadableStream({ type: 'bytes', start(x) { c = x } }); const gone = new Uint8Array(4); structuredClone(gone.buffer, { transfer: [gone.buffer] });
    return [attempt(() => c.enqueue('x')), attempt(() => c.enqueue(new ArrayBuffer(1))), attempt(() => c.enqueue(new Uint8Array(0))), attempt(() => c.enqueue(gone)),
    attempt(() => new ReadableStream({ type: 'bytes' }, { size: () => 1 })), attempt(() => new ReadableStreamBYOBReader(new ReadableStream()))]`],
  ['what BYOB reads refuse', String.raw`const r = new ReadableStream({ type: 'bytes' }).getReader({ mode: 'byob' }); return [await settle(() => r.read()), await settle(() => r.read({})), await settle(() => r.read(new Uint8Array(0)))]`],
  ['tee of a byte stream copies', String.raw`const [a, b] = new ReadableStream({ type: 'bytes', start(c) { c.enqueue(new Uint8Array([1, 2])); c.close() } }).tee(); const x = await a.getReader().read(); x.value[0] = 9;
    const y = await b.getReader({ mode: 'byob' }).read(new Uint8Array(4)); return [[...x.value], [...y.value]]`],
  ['desiredSize counts bytes', "let c; const s = new ReadableStream({ type: 'bytes', start(x) { c = x } }, { highWaterMark: 10 }); c.enqueue(new Uint8Array(4)); const a = c.desiredSize; await s.getReader().read(); return [a, c.desiredSize]"],
]

const WRITABLE: readonly (readonly [name: string, body: string])[] = [
  ['writes in order, one at a time', String.raw`const seen = []; const w = new WritableStream({ start() { seen.push('start') }, async write(x) { seen.push('in ' + x); await tick(); seen.push('out ' + x) }, close() { seen.push('close') } }).getWriter();
    w.write(1); w.write(2); await w.close(); await w.closed; return seen`],
  ['back-pressure is told by ready and desiredSize', String.raw`let go; const w = new WritableStream({ write: () => new Promise((r) => { go = r }) }, { highWaterMark: 1 }).getWriter(); await w.ready; const seen = [w.desiredSize]; w.write(1); seen.push(w.desiredSize);
    let isReady = false; w.ready.then(() => { isReady = true }); await tick(); seen.push(isReady); go(); await w.ready; seen.push(w.desiredSize); return seen`],
  ['a write that throws errors the stream', String.raw`const w = new WritableStream({ write() { throw new RangeError('x') } }).getWriter(); const p = settle(() => w.write(1)); return [await p, await settle(() => w.closed), await settle(() => w.write(2)), await settle(() => w.ready)]`],
  ['abort reaches the sink and the signal', String.raw`let c; const seen = []; const s = new WritableStream({ start(x) { c = x }, abort(r) { seen.push('abort', r) } }); c.signal.onabort = () => seen.push('signal', c.signal.reason);
    await s.abort('why'); return [...seen, c.signal.aborted, c.signal instanceof AbortSignal, await settle(() => s.getWriter().closed)]`],
  ['locks of writers', String.raw`const s = new WritableStream(); const w = s.getWriter(); const out = [s.locked, attempt(() => s.getWriter()), await settle(() => s.abort()), await settle(() => s.close())]; w.releaseLock();
    return [...out, s.locked, await settle(() => w.write(1)), await settle(() => w.closed), attempt(() => w.desiredSize)]`],
  ['closing twice', "const s = new WritableStream(); await s.close(); return [await settle(() => s.close()), await settle(() => s.getWriter().write(1))]"],
  ['what a sink may not be', "return [attempt(() => new WritableStream({ type: 'bytes' })), attempt(() => new WritableStream({ write: 1 })), attempt(() => new WritableStream(null)), attempt(() => new WritableStream({}, { size: () => 1, highWaterMark: -1 }))]"],
  ['controller.error', "let c; const s = new WritableStream({ start(x) { c = x } }); c.error(new RangeError('x')); return settle(() => s.getWriter().closed)"],
]

const PIPES: readonly (readonly [name: string, body: string])[] = [
  ['pipeTo writes all and closes', "const seen = []; await count(3).pipeTo(new WritableStream({ write(x) { seen.push(x) }, close() { seen.push('close') } })); return seen"],
  ['pipeTo locks both while it runs', String.raw`const r = count(1); const w = new WritableStream(); const p = r.pipeTo(w); const out = [r.locked, w.locked]; await p; return [...out, r.locked, w.locked]`],
  ['pipeTo of an error aborts the sink, unless told not to', String.raw`const seen = []; const bad = () => new ReadableStream({ pull() { throw new RangeError('x') } }); const sink = () => new WritableStream({ abort(e) { seen.push(e.name) } });
    return [await settle(() => bad().pipeTo(sink())), await settle(() => bad().pipeTo(sink(), { preventAbort: true })), seen]`],
  ['pipeTo into an error cancels the source, unless told not to', String.raw`const seen = []; const from = () => new ReadableStream({ pull(c) { c.enqueue(1) }, cancel(e) { seen.push(e.name) } }); const bad = () => new WritableStream({ write() { throw new RangeError('x') } });
    return [await settle(() => from().pipeTo(bad())), await settle(() => from().pipeTo(bad(), { preventCancel: true })), seen]`],
  ['preventClose', "const seen = []; const w = new WritableStream({ close() { seen.push('close') } }); await count(1).pipeTo(w, { preventClose: true }); await w.close(); return seen"],
  ['pipeTo obeys the back-pressure', String.raw`let n = 0; let go; const from = new ReadableStream({ pull(c) { c.enqueue(n++) } }, { highWaterMark: 0 }); const p = from.pipeTo(new WritableStream({ write: () => new Promise((r) => { go = r }) })); p.catch(() => {}); await tick(); await tick();
    const before = n; go(); await tick(); return [before, n]`],
  ['a signal aborts a pipe', String.raw`const seen = []; const c = new AbortController(); const p = settle(() => new ReadableStream({ cancel(r) { seen.push('cancel', r.name) } }).pipeTo(new WritableStream({ abort(r) { seen.push('abort', r.name) } }), { signal: c.signal }));
    await tick(); c.abort(); return [await p, seen]`],
  ['an aborted signal and its reason', "return settle(() => count(3).pipeTo(new WritableStream(), { signal: AbortSignal.abort(new RangeError('x')) }))"],
  ['false signals', String.raw`return [await settle(() => count(1).pipeTo(new WritableStream(), { signal: {} })), await settle(() => count(1).pipeTo(new WritableStream(), { signal: null })),
    await settle(() => count(1).pipeTo(new WritableStream(), { signal: { aborted: false, addEventListener() {} } })), attempt(() => count(1).pipeThrough(new TransformStream(), { signal: 1 }))]`],
  ['what pipeTo refuses', String.raw`const locked = new WritableStream(); locked.getWriter(); return [await settle(() => count(1).pipeTo()), await settle(() => count(1).pipeTo({})), await settle(() => count(1).pipeTo(locked)), await settle(() => count(1).pipeTo(new WritableStream(), 5))]`],
  ['options of a pipe are read in order', String.raw`const seen = []; const options = {}; for (const k of ['signal', 'preventClose', 'preventAbort', 'preventCancel']) Object.defineProperty(options, k, { get() { seen.push(k) } });
    await count(1).pipeTo(new WritableStream(), options); return seen`],
  ['what pipeThrough refuses', String.raw`const t = new TransformStream(); return [attempt(() => count(1).pipeThrough()), attempt(() => count(1).pipeThrough({})), attempt(() => count(1).pipeThrough({ readable: t.readable })), attempt(() => count(1).pipeThrough({ writable: t.writable, readable: {} }))]`],
  ['a transform', "return drain(count(3).pipeThrough(new TransformStream({ start(c) { c.enqueue('s') }, transform(x, c) { c.enqueue(x * 2) }, flush(c) { c.enqueue('f') } })))"],
  ['an identity transform', 'return drain(count(3).pipeThrough(new TransformStream()))'],
  ['a transform that throws', "const t = new TransformStream({ transform() { throw new RangeError('x') } }); return [await drain(count(1).pipeThrough(t)), await settle(() => t.writable.getWriter().closed)]"],
  ['terminate', "const t = new TransformStream({ transform(x, c) { c.enqueue(x); c.terminate() } }); return Promise.all([settle(() => count(9).pipeTo(t.writable)), drain(t.readable)])"],
]

const BODIES: readonly (readonly [name: string, body: string])[] = [
  ['bodies are byte streams', String.raw`const s = new Response('hello').body; const { value } = await s.getReader({ mode: 'byob' }).read(new Uint8Array(3)); return [s instanceof ReadableStream, s.constructor === ReadableStream, [...value]]`],
  ['a response of a stream', String.raw`const s = new ReadableStream({ start(c) { c.enqueue(new Uint8Array([104])); c.enqueue(new Uint8Array([105])); c.close() } }); const r = new Response(s);
    return [r.body === s, r.bodyUsed, r.headers.get('content-type'), await r.text(), r.bodyUsed, s.locked]`],
  ['a stream of anything else fails the body', "return settle(() => new Response(new ReadableStream({ start(c) { c.enqueue('x'); c.close() } })).text())"],
  ['used and locked streams are no bodies', String.raw`const used = count(1); await used.getReader().read(); const locked = count(1); locked.getReader(); const over = count(1); await over.cancel();
    return [used, locked, over].map((s) => attempt(() => new Response(s)))`],
  ['bodyUsed tells of reading, not of locking', String.raw`const r = new Response('x'); const reader = r.body.getReader(); const out = [r.bodyUsed, r.body.locked]; await reader.read(); out.push(r.bodyUsed); reader.releaseLock(); return [...out, r.bodyUsed, await settle(() => r.text())]`],
  ['a cancelled body is used', "const r = new Response('x'); await r.body.cancel(); return [r.bodyUsed, await settle(() => r.text())]"],
  ['a locked body cannot be read or cloned', "const r = new Response('x'); const reader = r.body.getReader(); const out = [await settle(() => r.text()), attempt(() => r.clone())]; reader.releaseLock(); return [...out, await r.text()]"],
  ['reading locks the body at once', "const r = new Response('x'); const p = r.text(); return [r.bodyUsed, r.body.locked, attempt(() => r.body.getReader()), await p]"],
  ['clones of a stream share no bytes', String.raw`const chunk = new Uint8Array([1, 2]); const r = new Response(new ReadableStream({ start(c) { c.enqueue(chunk); c.close() } })); const s = r.body; const c = r.clone(); const a = new Uint8Array(await r.arrayBuffer()); a[0] = 9;
    return [r.body === s, s.locked, [...new Uint8Array(await c.arrayBuffer())], [...chunk]]`],
  ['null bodies', "const r = new Response(null); return [r.body, r.bodyUsed, await r.text(), r.bodyUsed, (await new Response().arrayBuffer()).byteLength]"],
  ['empty bodies', "return [await drain(new Response('').body), await new Response(new Uint8Array()).text()]"],
  ['body through a transform', "return drain(new Response('h\\u00e9\\u4e2d').body.pipeThrough(new TransformStream({ transform(x, c) { c.enqueue(x.length) } })))"],
  ['tee of a body', "const [a, b] = new Response('ab').body.tee(); return [await new Response(a).text(), await new Response(b).text()]"],
  ['mixin members are own members', String.raw`return [Response, Request].map((t) => ['body', 'bodyUsed', 'text', 'json', 'arrayBuffer'].map((k) => { const d = Object.getOwnPropertyDescriptor(t.prototype, k); return [d.enumerable, d.configurable, typeof d.value] })
    .concat([Object.getPrototypeOf(t.prototype) === Object.prototype, Object.getPrototypeOf(t) === Function.prototype]))`],
  ['mixin members test their receiver', "return [await settle(() => Response.prototype.text.call({})), attempt(() => Object.getOwnPropertyDescriptor(Response.prototype, 'body').get.call({}))]"],
]

/** Text and compression. `write` feeds chunks without waiting: back-pressure would wait for the reader. */
const CODER_TOOLS = String.raw`
  const feed = (stream, chunks) => { const w = stream.writable.getWriter(); const all = [...chunks.map((c) => w.write(c)), w.close()]; for (const p of all) p.catch(() => {}); return all };
  const through = async (stream, chunks) => { feed(stream, chunks); return drain(stream.readable) };
  const bytes = async (stream, chunks) => { feed(stream, chunks); return new Uint8Array(await new Response(stream.readable).arrayBuffer()) };
  const text = async (stream, chunks) => new TextDecoder().decode(await bytes(stream, chunks));
  const ends = async (stream, chunks) => { const all = feed(stream, chunks); const r = await settle(() => new Response(stream.readable).arrayBuffer().then((b) => b.byteLength));
    return [r, (await Promise.all(all.map((p) => settle(() => p)))).at(-1)] };
  const pack = (format, data) => bytes(new CompressionStream(format), [data]);
  const long = () => { const b = new Uint8Array(300000); for (let i = 0, x = 1; i < b.length; i++) { x = (x * 1103515245 + 12345) & 0x7fffffff; b[i] = (x >> 16) & 15 } return b };
`

const CODERS: readonly (readonly [name: string, body: string])[] = [
  ['the coders look like interfaces', String.raw`return ['TextEncoderStream', 'TextDecoderStream', 'CompressionStream', 'DecompressionStream'].map((n) => { const t = globalThis[n]; return [t.name, t.length,
    Object.prototype.toString.call(t.prototype), Object.getOwnPropertyDescriptor(globalThis, n).enumerable, Object.entries(Object.getOwnPropertyDescriptors(t.prototype)).map(([k, d]) => [k, d.enumerable, typeof d.get, typeof d.set]).sort(), attempt(() => t())[0]] })`],
  ['the fetch classes look like interfaces', String.raw`return [Response, Request, Headers, TextDecoder, TextEncoder].map((t) => [t.name, t.length, Object.entries(Object.getOwnPropertyDescriptors(t)).map(([k, d]) =>
    [k, d.enumerable, d.value?.length ?? null]).filter(([k]) => ['error', 'redirect', 'json'].includes(k)).sort(), Object.entries(Object.getOwnPropertyDescriptors(t.prototype)).filter(([k]) => !['constructor', 'blob', 'formData', 'textStream'].includes(k))
    .flatMap(([k, d]) => typeof d.value === 'function' ? [[k, d.value.length]] : []).sort()])`],
  ['text is encoded', "return through(new TextEncoderStream(), ['a', '\\u00e9\\u4e2d', '', 'x'.repeat(100), 5, null])"],
  ['surrogate pairs over chunks', String.raw`return [await through(new TextEncoderStream(), ['a\ud83d', '\ude00b']), await through(new TextEncoderStream(), ['\ud83d', '\ud83d', '\ude00']), await through(new TextEncoderStream(), ['\ud83d']),
    await through(new TextEncoderStream(), ['\ude00', '\ud83dx']), await through(new TextEncoderStream(), ['\ud83d', '', '\ude00'])]`],
  ['what is no text', "return [await ends(new TextEncoderStream(), [Symbol()]), await through(new TextEncoderStream(), ['a', { toString() { throw new RangeError('x') } }])]"],
  ['attributes of the text streams', String.raw`const e = new TextEncoderStream(); const d = new TextDecoderStream('latin1', { fatal: 1, ignoreBOM: true }); return [e.encoding, d.encoding, d.fatal, d.ignoreBOM, new TextDecoderStream().encoding, new TextDecoderStream().fatal,
    e.readable instanceof ReadableStream, e.writable instanceof WritableStream, e.readable === e.readable, attempt(() => new TextDecoderStream('nope'))[0], attempt(() => Object.getOwnPropertyDescriptor(TextDecoderStream.prototype, 'fatal').get.call({}))[0]]`],
  ['bytes are decoded over chunks', "return (await through(new TextDecoderStream(), [[0xef], [0xbb, 0xbf, 0xe2], [0x82], [0xac, 0xff], [0xf0, 0x9f]].map((b) => new Uint8Array(b)))).join('|')"],
  ['byte order marks are kept when asked', "return (await through(new TextDecoderStream('utf-8', { ignoreBOM: true }), [new Uint8Array([0xef, 0xbb]), new Uint8Array([0xbf, 97])])).map((t) => [...t].map((c) => c.codePointAt(0)))"],
  ['fatal decoding', "return [await ends(new TextDecoderStream('utf-8', { fatal: true }), [new Uint8Array([0xff])]), await ends(new TextDecoderStream('utf-8', { fatal: true }), [new Uint8Array([0xe2])])]"],
  ['what is no bytes', "return [await ends(new TextDecoderStream(), ['x']), await ends(new TextDecoderStream(), [{}]), await ends(new TextDecoderStream(), [null])]"],
  ['views and buffers', "return through(new TextDecoderStream('utf-16le'), [new Uint16Array([97, 98]), new Uint8Array([99, 0]).buffer, new DataView(new Uint8Array([0, 100, 0]).buffer, 1)])"],
  ['bodies through a text stream', "return (await drain(new Response('h\\u00e9'.repeat(50000)).body.pipeThrough(new TextDecoderStream()))).join('').length"],
  ['compressed and back', String.raw`const data = long(); const packed = await pack('gzip', data); const back = await bytes(new DecompressionStream('gzip'), [packed]);
    return [packed.length < 200000, back.length, back.every((b, i) => b === data[i])]`],
  ['every format', "return Promise.all(['gzip', 'deflate', 'deflate-raw'].map(async (f) => text(new DecompressionStream(f), [await pack(f, new TextEncoder().encode('hello '.repeat(9000)))]).then((t) => [f, t.length, t.slice(-6)])))"],
  ['headers of the formats', "return [[...(await pack('gzip', new Uint8Array(1))).slice(0, 3)], (await pack('deflate', new Uint8Array(1)))[0]]"],
  ['nothing compressed', String.raw`return Promise.all(['gzip', 'deflate', 'deflate-raw'].map(async (f) => (await bytes(new DecompressionStream(f), [await bytes(new CompressionStream(f), [])])).length))`],
  ['unknown formats', "return [attempt(() => new CompressionStream()), attempt(() => new CompressionStream('x')), attempt(() => new DecompressionStream('GZIP')), attempt(() => new DecompressionStream({ toString: () => 'gzip' }).readable instanceof ReadableStream)]"],
  ['compressed in many small chunks', String.raw`const c = Array.from({ length: 300 }, (_, i) => new Uint8Array([i, 1, 2])); const packed = await bytes(new CompressionStream('gzip'), c);
    const split = Array.from(packed, (b) => new Uint8Array([b])); return [...await bytes(new DecompressionStream('gzip'), split)].slice(-6)`],
  ['what is no bytes to compress', "return [await ends(new CompressionStream('gzip'), ['x']), await ends(new DecompressionStream('gzip'), [5]), await ends(new CompressionStream('gzip'), [{}])]"],
  ['truncated data', String.raw`const packed = await pack('gzip', long()); return [await ends(new DecompressionStream('gzip'), [packed.slice(0, -1)]), await ends(new DecompressionStream('gzip'), [packed.slice(0, 5)]), await ends(new DecompressionStream('gzip'), [])]`],
  ['corrupt data', String.raw`const packed = await pack('deflate', new Uint8Array(1000)); packed[packed.length - 1] ^= 1; const other = await pack('gzip', new Uint8Array(1000)); other[0] = 1;
    return [(await ends(new DecompressionStream('deflate'), [packed])), await ends(new DecompressionStream('gzip'), [other]), await ends(new DecompressionStream('deflate-raw'), [new Uint8Array(50).fill(255)])]`],
  ['data after the end', "const packed = await pack('gzip', new Uint8Array(10)); return (await ends(new DecompressionStream('gzip'), [packed, new Uint8Array([1])]))[0]"],
  ['compressed bodies', String.raw`const r = new Response(new Response('hello '.repeat(1000)).body.pipeThrough(new CompressionStream('gzip'))); return text({ readable: r.body.pipeThrough(new DecompressionStream('gzip')), writable: new WritableStream() }, [])`],
  ['cancelling a coder', String.raw`const c = new CompressionStream('gzip'); const w = c.writable.getWriter(); await c.readable.cancel('why'); return [await settle(() => w.closed), await settle(() => w.write(new Uint8Array(1)))]`],
  ['aborting a coder', String.raw`const c = new CompressionStream('gzip'); const w = c.writable.getWriter(); await w.abort('why'); return [await settle(() => c.readable.getReader().read()), await settle(() => w.closed)]`],
]

const TYPE = ['TypeError', null, true] as const
const RANGE = ['RangeError', null, true] as const

/** Where not all browsers do what the standard says: the standard's answer. */
const STANDARD: readonly (readonly [name: string, body: string, expected: unknown])[] = [
  ['a source that is no object', "return [null, 1, 'x'].map((v) => attempt(() => new ReadableStream(v)))", [TYPE, TYPE, TYPE]],
  ['a source of an unknown type', "return [attempt(() => new ReadableStream({ type: 'x' })), attempt(() => new ReadableStream({ type: null })), attempt(() => new ReadableStream({ pull: 1 }))]", [TYPE, TYPE, TYPE]],
  ['from arrays, generators, promises', String.raw`return [await drain(ReadableStream.from([1, 2])), await drain(ReadableStream.from((function* () { yield 'a'; yield Promise.resolve('b') })())),
    await drain(ReadableStream.from((async function* () { yield 1; throw new RangeError('x') })())), await drain(ReadableStream.from(count(2))), await drain(ReadableStream.from('hi'))]`, [[1, 2], ['a', 'b'], [1, 'error RangeError'], [0, 1], ['h', 'i']]],
  ['from what is not iterable', "return [null, undefined, 5, {}, { [Symbol.asyncIterator]: 1 }].map((v) => attempt(() => ReadableStream.from(v)))", [TYPE, TYPE, TYPE, TYPE, TYPE]],
  ['from calls return at cancel', "const seen = []; const s = ReadableStream.from((async function* () { try { yield 1; yield 2 } finally { seen.push('return') } })()); const r = s.getReader(); await r.read(); await r.cancel('x'); return seen", ['return']],
  ['cancelling a transform tells it', String.raw`const seen = []; const t = new TransformStream({ cancel(r) { seen.push('cancel', r) } }); await t.readable.cancel('why'); return [seen, await settle(() => t.writable.getWriter().closed)]`, [['cancel', 'why'], ['why', false]]],
  ['what a transformer may not be', "return [attempt(() => new TransformStream({ readableType: 'x' })), attempt(() => new TransformStream({ writableType: '' })), attempt(() => new TransformStream({ transform: 1 }))]", [RANGE, RANGE, TYPE]],
  ['a stream that fails, fails the body', "return settle(() => new Response(new ReadableStream({ start(c) { c.error(new RangeError('x')) } })).text())", ['RangeError', true]],
  ['a request takes the body of another', String.raw`const a = new Request('https://a/', { method: 'POST', body: 'x' }); const body = a.body; const b = new Request(a); return [a.bodyUsed, a.body === body, body.locked, b.bodyUsed, await b.text(), await settle(() => a.text()), attempt(() => new Request(a))]`, [true, true, true, false, 'x', ['TypeError', true], TYPE]],
  ['BYOB reads of a minimum', String.raw`let n = 0; const s = new ReadableStream({ type: 'bytes', pull(c) { c.enqueue(new Uint8Array([n++])) } }, { highWaterMark: 0 }); const r = s.getReader({ mode: 'byob' });
    const { value } = await r.read(new Uint8Array(8), { min: 3 }); return [[...value], await settle(() => r.read(new Uint8Array(2), { min: 3 })), await settle(() => r.read(new Uint8Array(2), { min: 0 }))]`, [[0, 1, 2], ['RangeError', true], ['TypeError', true]]],
]

const withTools = (name: string, body: string): readonly [string, string] => [`streams: ${name}`, TOOLS + body]

export const STREAM_CASES: readonly (readonly [name: string, body: string])[] =
  [...READABLE, ...BYTES, ...WRITABLE, ...PIPES, ...BODIES, ...CODERS.map(([name, body]) => [name, CODER_TOOLS + body] as const)]
    .map(([name, body]) => withTools(name, body))

const CHROMIUM: Readonly<Record<string, unknown>> = streamsExpected

/**
 * Each with its result in plain JSON, which is to come in every engine. Of those above it is what Chromium's page gives (others have fewer
 * streams, or say other things of errors), and Chromium's page is compared, too.
 */
export const STREAM_RESULTS: readonly (readonly [name: string, body: string, expected: unknown])[] = [
  ...STREAM_CASES.map(([name, body]) => [name, body, CHROMIUM[name] ?? null] as const),
  ...STANDARD.map(([name, body, expected]) => [...withTools(name, body), expected] as const),
]
