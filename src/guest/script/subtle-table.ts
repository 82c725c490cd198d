/**
 * What of WebCrypto crosses, agreed on by both sides: this file runs in the guest and in the worker. Algorithms and members that are not
 * here do not exist, whatever the engine knows. https://w3c.github.io/webcrypto/#algorithm-overview
 */

/**
 * Types of a dictionary's members: BufferSource, BigInteger, HashAlgorithmIdentifier, DOMString, CryptoKey; octet, unsigned short and
 * unsigned long with [EnforceRange].
 */
export type MemberType = 'bytes' | 'integer' | 'hash' | 'name' | 'key' | 'octet' | 'short' | 'long'

export interface Member {
  readonly name: string
  readonly type: MemberType
  readonly isRequired: boolean
}

export interface Algorithm {
  /** As the standard spells it. */
  readonly name: string
  readonly members: readonly Member[]
}

/** Registered operations; `derivedKey` is what deriveKey makes: the members of "import key" and of "get key length". */
export type AlgorithmUse = 'digest' | 'generateKey' | 'importKey' | 'sign' | 'encrypt' | 'deriveBits' | 'derivedKey' | 'wrapKey'

/** Kinds of a method's arguments: `use:` begins those that are an AlgorithmIdentifier. */
export type ArgumentKind = `use:${AlgorithmUse}` | 'key' | 'data' | 'keyData' | 'format' | 'flag' | 'usages' | 'bits'

export const METHODS: Readonly<Record<string, readonly ArgumentKind[]>> = Object.freeze({
  encrypt: ['use:encrypt', 'key', 'data'],
  decrypt: ['use:encrypt', 'key', 'data'],
  sign: ['use:sign', 'key', 'data'],
  verify: ['use:sign', 'key', 'data', 'data'],
  digest: ['use:digest', 'data'],
  generateKey: ['use:generateKey', 'flag', 'usages'],
  deriveKey: ['use:deriveBits', 'key', 'use:derivedKey', 'flag', 'usages'],
  deriveBits: ['use:deriveBits', 'key', 'bits'],
  importKey: ['format', 'keyData', 'use:importKey', 'flag', 'usages'],
  exportKey: ['format', 'key'],
  wrapKey: ['format', 'key', 'key', 'use:wrapKey'],
  unwrapKey: ['format', 'data', 'key', 'use:wrapKey', 'use:importKey', 'flag', 'usages'],
})

/** With those of https://wicg.github.io/webcrypto-modern-algos/, which an engine that does not know them refuses. */
export const FORMATS: readonly string[] = ['raw', 'raw-public', 'raw-secret', 'raw-seed', 'spki', 'pkcs8', 'jwk']
export const USAGES: readonly string[] = [
  'encrypt', 'decrypt', 'sign', 'verify', 'deriveKey', 'deriveBits', 'wrapKey', 'unwrapKey', 'encapsulateKey', 'encapsulateBits', 'decapsulateKey',
  'decapsulateBits',
]
/** Of JsonWebKey, in WebIDL's order. `ext` is a boolean, `key_ops` a list, `oth` is told as present only: no engine supports it. */
export const JWK_MEMBERS: readonly string[] = [
  'alg', 'crv', 'd', 'dp', 'dq', 'e', 'ext', 'k', 'key_ops', 'kty', 'n', 'oth', 'p', 'priv', 'pub', 'q', 'qi', 'use', 'x', 'y',
]

/** Bytes of one call, all its buffers together. */
export const MAX_MESSAGE_BYTES = 16 * 2 ** 20

const RSA = 'RSASSA-PKCS1-v1_5 RSA-PSS RSA-OAEP'
const ELLIPTIC = 'ECDSA ECDH'
const EDWARDS = 'Ed25519 X25519'
const AES = 'AES-CTR AES-CBC AES-GCM AES-KW'
const LATTICES = 'ML-DSA-44 ML-DSA-65 ML-DSA-87 ML-KEM-512 ML-KEM-768 ML-KEM-1024'
const CIPHERS: readonly (readonly [string, string])[] = [
  ['RSA-OAEP', 'label?:bytes'], ['AES-CTR', 'counter:bytes length:octet'], ['AES-CBC', 'iv:bytes'],
  ['AES-GCM ChaCha20-Poly1305', 'additionalData?:bytes iv:bytes tagLength?:octet'],
]

/** By use: algorithms and their members, a dictionary's own after those that it inherits. */
const ALGORITHMS: Readonly<Record<AlgorithmUse, readonly (readonly [names: string, members: string])[]>> = {
  digest: [['SHA-1 SHA-256 SHA-384 SHA-512', '']],
  generateKey: [
    [RSA, 'modulusLength:long publicExponent:integer hash:hash'], [ELLIPTIC, 'namedCurve:name'],
    [`${EDWARDS} ${LATTICES} ChaCha20-Poly1305`, ''], [AES, 'length:short'],
    ['HMAC', 'hash:hash length?:long'],
  ],
  importKey: [
    [RSA, 'hash:hash'], [ELLIPTIC, 'namedCurve:name'], [`${EDWARDS} ${LATTICES} ${AES} ChaCha20-Poly1305 HKDF PBKDF2`, ''],
    ['HMAC', 'hash:hash length?:long'],
  ],
  sign: [
    ['RSASSA-PKCS1-v1_5 Ed25519 HMAC', ''], ['RSA-PSS', 'saltLength:long'], ['ECDSA', 'hash:hash'],
    ['ML-DSA-44 ML-DSA-65 ML-DSA-87', 'context?:bytes'],
  ],
  encrypt: CIPHERS,
  wrapKey: [['AES-KW', ''], ...CIPHERS],
  deriveBits: [
    ['ECDH X25519', 'public:key'], ['HKDF', 'hash:hash info:bytes salt:bytes'], ['PBKDF2', 'hash:hash iterations:long salt:bytes'],
  ],
  derivedKey: [[AES, 'length:short'], ['HMAC', 'hash:hash length?:long'], ['ChaCha20-Poly1305 HKDF PBKDF2', '']],
}

/** The algorithm that `name` means for `use`, in any case; undefined when there is none. */
export function findAlgorithm(use: AlgorithmUse, name: string): Algorithm | undefined {
  const wanted = name.toUpperCase()
  for (const [names, members] of ALGORITHMS[use]) {
    const found = names.split(' ').find((known) => known.toUpperCase() === wanted)
    if (found !== undefined) return { name: found, members: members === '' ? [] : members.split(' ').map(parseMember) }
  }
  return undefined
}

function parseMember(text: string): Member {
  const [name = '', type] = text.split(':')
  return { name: name.replace('?', ''), type: type as MemberType, isRequired: !name.endsWith('?') } // the tables above hold no other types
}
