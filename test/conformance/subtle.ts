/** crypto.subtle, as script bodies that give the same beside QuickJS and inside it. Known inputs: nothing drawn may show in a result. */

/** `fails(run)`: name of what `run` rejects with, and whether it is a DOMException; a synchronous exception is told apart. */
export const SUBTLE_HELP = `const { subtle } = crypto;
  const hex = (b) => Array.from(new Uint8Array(b), (x) => x.toString(16).padStart(2, '0')).join('');
  const text = (t) => new TextEncoder().encode(t);
  const fails = async (run) => { let p; try { p = run() } catch (e) { return 'sync ' + e.name } try { await p; return 'no' } catch (e) {
    return e.name + (e instanceof DOMException ? ' dom' : '') } };
  const raw = (bytes, algorithm, usages, extractable = true) => subtle.importKey('raw', bytes, algorithm, extractable, usages);
  const show = (k) => [k.type, k.extractable, k.algorithm, [...k.usages].sort(), String(k)];
  const sample = Uint8Array.from({ length: 32 }, (_, i) => i);`

const CASES: readonly (readonly [name: string, body: string])[] = [
  ['digests', "const out = []; for (const name of ['SHA-1', 'sha-256', { name: 'Sha-384' }, 'SHA-512']) out.push(hex(await subtle.digest(name, text('abc')))); return out"],
  ['digest of a view and of nothing', "return [hex(await subtle.digest('SHA-256', sample.subarray(3, 9))), hex(await subtle.digest('SHA-1', new DataView(sample.buffer, 4, 4))), hex(await subtle.digest('SHA-1', new ArrayBuffer(0)))]"],
  ['digest arguments', String.raw`return [await fails(() => subtle.digest()), await fails(() => subtle.digest('SHA-1')), await fails(() => subtle.digest('MD5', sample)),
    await fails(() => subtle.digest({}, sample)), await fails(() => subtle.digest(null, sample)), await fails(() => subtle.digest('SHA-1', 'text')),
    await fails(() => subtle.digest('SHA-1', [1])), await fails(() => subtle.digest(Symbol('x'), sample)), await fails(() => subtle.digest('SHA-1 ', sample)), await fails(() => subtle.digest('AES-CBC', sample))]`],
  ['a digest\'s data is taken at the call', String.raw`const data = sample.slice(); const late = subtle.digest('SHA-256', data); data.fill(0xff);
    return [hex(await late) === hex(await subtle.digest('SHA-256', sample))]`],
  ['a digest\'s data that a getter changes', String.raw`const data = sample.slice(); const d = subtle.digest({ get name() { data.fill(7); return 'SHA-256' } }, data);
    return [hex(await d) === hex(await subtle.digest('SHA-256', sample.slice().fill(7)))]`],
  ['getters that throw', String.raw`class E extends Error {}; const bad = async (run) => { try { await run(); return 'no' } catch (e) { return e instanceof E } };
    return [await bad(() => subtle.digest({ get name() { throw new E() } }, sample)), await bad(() => subtle.digest({ name: { toString() { throw new E() } } }, sample)),
      await bad(() => subtle.importKey('raw', sample, { name: 'HMAC', get hash() { throw new E() } }, true, ['sign']))]`],
  ['a foreign this', "return [await fails(() => subtle.digest.call({}, 'SHA-1', sample)), await fails(() => SubtleCrypto.prototype.sign.call(undefined))]"],
  ['names, lengths and descriptors', String.raw`return ['digest', 'encrypt', 'decrypt', 'sign', 'verify', 'generateKey', 'deriveKey', 'deriveBits', 'importKey', 'exportKey', 'wrapKey', 'unwrapKey'].map((n) => {
    const d = Object.getOwnPropertyDescriptor(SubtleCrypto.prototype, n); return [d.value.name, d.value.length, d.enumerable, d.writable, d.configurable] })`],
  ['interface objects', String.raw`const g = Object.getOwnPropertyDescriptor(Crypto.prototype, 'subtle'); return [typeof g.get, g.set === undefined, g.enumerable, crypto.subtle === subtle, String(subtle),
    attempt(() => new SubtleCrypto())[0], attempt(() => new CryptoKey())[0], CryptoKey.length, SubtleCrypto.length, Object.keys(CryptoKey.prototype).sort(), attempt(() => Crypto.prototype.subtle)[0]]`],
  ['imported keys tell what they are', String.raw`return [show(await raw(sample, { name: 'hmac', hash: 'sha-256' }, ['verify', 'sign'])), show(await raw(sample, 'AES-GCM', ['encrypt'], false)),
    show(await raw(sample.slice(0, 16), { name: 'aes-cbc', length: 5 }, ['decrypt', 'encrypt', 'encrypt'])), show(await raw(sample, 'PBKDF2', ['deriveBits'], false))]`],
  ['import refuses', String.raw`return [await fails(() => raw(sample.slice(0, 5), 'AES-GCM', ['encrypt'])), await fails(() => raw(sample, 'AES-GCM', ['sign'])), await fails(() => raw(sample, 'AES-GCM', [])),
    await fails(() => raw(sample, 'AES-GCM', ['nonsense'])), await fails(() => raw(sample, 'HMAC', ['sign'])), await fails(() => raw(sample, { name: 'HMAC', hash: 'x' }, ['sign'])),
    await fails(() => raw(new Uint8Array(), { name: 'HMAC', hash: 'SHA-1' }, ['sign'])), await fails(() => subtle.importKey('nope', sample, 'AES-GCM', true, ['encrypt'])),
    await fails(() => subtle.importKey('jwk', sample, 'AES-GCM', true, ['encrypt'])), await fails(() => subtle.importKey('raw', { kty: 'oct' }, 'AES-GCM', true, ['encrypt'])),
    await fails(() => subtle.importKey('raw', 5, 'AES-GCM', true, ['encrypt'])), await fails(() => raw(sample, 'PBKDF2', ['deriveBits'], true)), await fails(() => raw(sample, 'AES-GCM', 5)),
    await fails(() => raw(sample, 'RSA-PSS', ['verify']))]`],
  ['HMAC', String.raw`const k = await raw(sample, { name: 'HMAC', hash: 'SHA-384' }, ['sign', 'verify']); const s = await subtle.sign('HMAC', k, text('message'));
    return [hex(s), await subtle.verify('hmac', k, s, text('message')), await subtle.verify('HMAC', k, s, text('other')), await subtle.verify({ name: 'HMAC' }, k, s.slice(1), text('message'))]`],
  ['using a key for what it is not', String.raw`const k = await raw(sample, { name: 'HMAC', hash: 'SHA-256' }, ['sign'], false); return [await fails(() => subtle.verify('HMAC', k, sample, sample)),
    await fails(() => subtle.sign('RSASSA-PKCS1-v1_5', k, sample)), await fails(() => subtle.exportKey('raw', k)), await fails(() => subtle.sign('HMAC', {}, sample)), await fails(() => subtle.sign('HMAC', null, sample)),
    await fails(() => subtle.encrypt({ name: 'AES-CBC', iv: sample.slice(16) }, k, sample)), await fails(() => subtle.sign('ECDSA', k, sample)), await fails(() => subtle.sign('nope', k, sample))]`],
  ['AES-CBC', String.raw`const k = await raw(sample, 'AES-CBC', ['encrypt', 'decrypt']); const iv = sample.slice(16); const c = await subtle.encrypt({ name: 'AES-CBC', iv }, k, text('hello'));
    return [hex(c), hex(await subtle.decrypt({ name: 'aes-cbc', iv: iv.buffer }, k, c)), await fails(() => subtle.decrypt({ name: 'AES-CBC', iv }, k, c.slice(1))), await fails(() => subtle.encrypt({ name: 'AES-CBC', iv: sample }, k, c)),
      await fails(() => subtle.encrypt({ name: 'AES-CBC' }, k, c)), await fails(() => subtle.encrypt({ name: 'AES-CBC', iv: 'x' }, k, c))]`],
  ['AES-CTR', String.raw`const k = await raw(sample, 'AES-CTR', ['encrypt']); const e = (length, counter = sample.slice(16)) => subtle.encrypt({ name: 'AES-CTR', counter, length }, k, text('hello'));
    return [hex(await e(64)), hex(await e('8')), hex(await e(7.9)), await fails(() => e(0)), await fails(() => e(129)), await fails(() => e(256)), await fails(() => e(-1)), await fails(() => e(NaN)), await fails(() => e(8, sample)), await fails(() => e())]`],
  ['AES-GCM', String.raw`const k = await raw(sample, 'AES-GCM', ['encrypt', 'decrypt']); const p = { name: 'AES-GCM', iv: sample.slice(0, 12) }; const e = (more) => subtle.encrypt({ ...p, ...more }, k, text('hello'));
    const c = await e({ additionalData: text('ad'), tagLength: 96 }); return [hex(c), hex(await e({})), hex(await subtle.decrypt({ ...p, additionalData: text('ad'), tagLength: 96 }, k, c)),
      await fails(() => subtle.decrypt(p, k, c)), await fails(() => e({ tagLength: 95 })), await fails(() => e({ additionalData: 'x' })), await fails(() => e({ tagLength: 256 }))]`],
  ['AES-KW wraps raw', String.raw`const w = await raw(sample, 'AES-KW', ['wrapKey', 'unwrapKey']); const k = await raw(sample.slice(0, 16), 'AES-CBC', ['encrypt']); const c = await subtle.wrapKey('raw', k, w, 'AES-KW');
    const u = await subtle.unwrapKey('raw', c, w, 'AES-KW', 'AES-GCM', true, ['decrypt']); return [hex(c), show(u), hex(await subtle.exportKey('raw', u)), await fails(() => subtle.unwrapKey('raw', c.slice(8), w, 'AES-KW', 'AES-GCM', true, ['decrypt']))]`],
  ['AES-GCM wraps jwk', String.raw`const w = await raw(sample, 'AES-GCM', ['wrapKey', 'unwrapKey']); const k = await raw(sample, { name: 'HMAC', hash: 'SHA-512' }, ['sign']); const a = { name: 'AES-GCM', iv: sample };
    const c = await subtle.wrapKey('jwk', k, w, a); const u = await subtle.unwrapKey('jwk', c, w, a, { name: 'HMAC', hash: 'SHA-512' }, true, ['sign']); return [show(u), hex(await subtle.exportKey('raw', u)),
      await fails(() => subtle.wrapKey('raw', k, w, 'AES-KW')), await fails(() => subtle.wrapKey('raw', k, k, a))]`],
  ['PBKDF2', String.raw`const k = await raw(text('password'), 'PBKDF2', ['deriveBits', 'deriveKey'], false); const p = { name: 'PBKDF2', salt: text('salt'), iterations: 3, hash: 'SHA-256' };
    return [hex(await subtle.deriveBits(p, k, 264)), show(await subtle.deriveKey(p, k, { name: 'AES-GCM', length: 256 }, true, ['encrypt'])), hex(await subtle.exportKey('raw', await subtle.deriveKey(p, k, { name: 'HMAC', hash: 'SHA-1' }, true, ['sign']))),
      await fails(() => subtle.deriveBits({ ...p, iterations: 0 }, k, 128)), await fails(() => subtle.deriveBits(p, k, 7)), await fails(() => subtle.deriveBits({ ...p, salt: undefined }, k, 8)), await fails(() => subtle.deriveBits({ ...p, iterations: -1 }, k, 8)),
      await fails(() => subtle.deriveKey(p, k, { name: 'AES-GCM', length: 100 }, true, ['encrypt'])), await fails(() => subtle.deriveKey(p, k, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign']))]`],
  ['HKDF', String.raw`const k = await raw(sample, 'HKDF', ['deriveBits', 'deriveKey'], false); const p = { name: 'HKDF', salt: sample, info: text('info'), hash: { name: 'SHA-512' } };
    return [hex(await subtle.deriveBits(p, k, 256)), show(await subtle.deriveKey(p, k, { name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['verify'])), await fails(() => subtle.deriveBits({ ...p, info: undefined }, k, 8)), await fails(() => subtle.deriveBits(p, k, 255 * 512 + 8))]`],
  ['jwk of a secret', String.raw`const j = await subtle.exportKey('jwk', await raw(sample, { name: 'HMAC', hash: 'SHA-256' }, ['sign'])); const k = await subtle.importKey('jwk', j, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    return [j, Object.getPrototypeOf(j) === Object.prototype, show(k), await fails(() => subtle.importKey('jwk', { ...j, alg: 'HS512' }, { name: 'HMAC', hash: 'SHA-256' }, true, ['sign'])), await fails(() => subtle.importKey('jwk', { ...j, kty: undefined }, { name: 'HMAC', hash: 'SHA-256' }, true, ['sign'])),
      await fails(() => subtle.importKey('jwk', { ...j, ext: false }, { name: 'HMAC', hash: 'SHA-256' }, true, ['sign'])), await fails(() => subtle.importKey('jwk', { ...j, key_ops: 5 }, { name: 'HMAC', hash: 'SHA-256' }, true, ['sign']))]`],
  ['ECDSA from a jwk', String.raw`const j = { kty: 'EC', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0', d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI' };
    const a = { name: 'ECDSA', namedCurve: 'P-256' }; const s = await subtle.importKey('jwk', j, a, true, ['sign']); const v = await subtle.importKey('jwk', { ...j, d: undefined }, a, true, ['verify']);
    const sig = await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, s, sample); return [show(s), show(v), sig.byteLength, await subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, v, sig, sample), hex(await subtle.exportKey('raw', v)), hex(await subtle.exportKey('spki', v)),
      await fails(() => subtle.exportKey('raw', s)), await fails(() => subtle.sign('ECDSA', s, sample)), await fails(() => subtle.importKey('jwk', j, { name: 'ECDSA', namedCurve: 'P-384' }, true, ['sign'])), await fails(() => subtle.importKey('jwk', j, { name: 'ECDSA', namedCurve: 'p-256' }, true, ['sign']))]`],
  ['ECDH agrees', String.raw`const a = { name: 'ECDH', namedCurve: 'P-384' }; const [x, y] = [await subtle.generateKey(a, true, ['deriveBits', 'deriveKey']), await subtle.generateKey(a, false, ['deriveBits'])];
    const one = await subtle.deriveBits({ name: 'ECDH', public: y.publicKey }, x.privateKey, 384); const two = await subtle.deriveBits({ name: 'ECDH', public: x.publicKey }, y.privateKey, 384); return [hex(one) === hex(two), one.byteLength, show(x.privateKey), show(y.publicKey), Object.keys(x).sort(),
      await fails(() => subtle.deriveBits({ name: 'ECDH', public: x.privateKey }, y.privateKey, 8)), await fails(() => subtle.deriveBits({ name: 'ECDH', public: 5 }, y.privateKey, 8)), await fails(() => subtle.deriveBits({ name: 'ECDH', public: y.publicKey }, x.privateKey, 9999))]`],
  ['generated secrets', String.raw`return [show(await subtle.generateKey({ name: 'AES-CTR', length: 128 }, true, ['encrypt'])), show(await subtle.generateKey({ name: 'HMAC', hash: 'SHA-512' }, false, ['sign', 'verify'])),
    (await subtle.exportKey('raw', await subtle.generateKey({ name: 'AES-KW', length: 256 }, true, ['wrapKey']))).byteLength, await fails(() => subtle.generateKey({ name: 'AES-CBC', length: 100 }, true, ['encrypt'])), await fails(() => subtle.generateKey({ name: 'AES-CBC', length: 128 }, true, [])),
    await fails(() => subtle.generateKey({ name: 'AES-CBC' }, true, ['encrypt'])), await fails(() => subtle.generateKey('SHA-1', true, ['encrypt'])), await fails(() => subtle.generateKey({ name: 'ECDSA', namedCurve: 'x' }, true, ['sign'])), await fails(() => subtle.generateKey({ name: 'HMAC', hash: 'SHA-1', length: 0 }, true, ['sign']))]`],
  ['RSA', String.raw`const g = { modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }; const k = await subtle.generateKey({ name: 'rsa-oaep', ...g }, true, ['encrypt', 'decrypt']);
    const c = await subtle.encrypt({ name: 'RSA-OAEP', label: sample }, k.publicKey, text('hi')); const s = await subtle.generateKey({ name: 'RSA-PSS', ...g }, false, ['sign', 'verify']); const sig = await subtle.sign({ name: 'RSA-PSS', saltLength: 20 }, s.privateKey, sample);
    return [show(k.publicKey), show(s.privateKey), hex(await subtle.decrypt({ name: 'RSA-OAEP', label: sample }, k.privateKey, c)), await fails(() => subtle.decrypt('RSA-OAEP', k.privateKey, c)), await subtle.verify({ name: 'RSA-PSS', saltLength: 20 }, s.publicKey, sig, sample),
      await fails(() => subtle.sign('RSA-PSS', s.privateKey, sample)), Object.keys(await subtle.exportKey('jwk', k.privateKey)).sort(), k.publicKey.algorithm.publicExponent instanceof Uint8Array, await fails(() => subtle.generateKey({ name: 'RSA-PSS', ...g, publicExponent: [1, 0, 1] }, true, ['sign'])),
      await fails(() => subtle.encrypt('RSA-OAEP', k.publicKey, new Uint8Array(500)))]`],
  ['keys cannot be made from data', "return [attempt(() => CryptoKey.prototype.type)[0], attempt(() => Object.create(CryptoKey.prototype).usages)[0], await fails(() => subtle.exportKey('raw', Object.create(CryptoKey.prototype)))]"],
  ['conversions happen in order', String.raw`const seen = []; const o = (n, v) => ({ toString() { seen.push(n); return v } }); await fails(() => subtle.importKey(o('format', 'raw'), sample, { get name() { seen.push('name'); return 'HMAC' }, get hash() { seen.push('hash'); return 'SHA-1' } }, { valueOf() { seen.push('flag') } }, [o('usage', 'sign')])); return [...new Set(seen)]`],
]

export const SUBTLE_CASES: readonly (readonly [name: string, body: string])[] = CASES.map(([name, body]) => [`crypto.subtle: ${name}`, SUBTLE_HELP + body])
