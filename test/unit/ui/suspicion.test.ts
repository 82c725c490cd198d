import { describe, expect, test } from 'vitest'
import { suspectName, suspectOrigin } from '../../../src/ui/suspicion.ts'
import { cleanText } from '../../../src/util/text.ts'

describe('a name is suspected of', () => {
  test.each([
    ['hidden characters', 'Pay\u202epal', ['hidden-characters']],
    ['a zero-width space', 'Pay\u200bpal', ['hidden-characters']],
    ['Cyrillic among Latin', 'P\u0430ypal', ['mixed-scripts']],
    ['Greek among Latin', 'G\u03bfogle', ['mixed-scripts']],
    ['Armenian among Latin', 'G\u0585ogle', ['mixed-scripts']],
    ['Cyrillic drawn as Latin', '\u0440\u0430\u0443\u0440\u0430\u04cf', ['look-alike-letters']],
    ['full-width letters', '\uff30\uff41\uff59', ['look-alike-letters']],
    ['mathematical letters', '\u{1d40f}\u{1d41a}\u{1d432}', ['look-alike-letters']],
  ])('%s', (_name, name, expected) => {
    expect(suspectName(cleanText(name, 80))).toEqual(expected)
  })

  test.each([
    'Weather', 'Погода для всех', 'Ελληνικά μαθήματα', '天気 app ひらがな', '日本語ツール',
    'Wetter für Graz', 'عربي', 'Notes 2 (beta)', 'Émile’s cafe\u0301', '한글 漢字',
  ])('nothing: %s', (name) => {
    expect(suspectName(cleanText(name, 80))).toEqual([])
  })
})

describe('an origin is suspected', () => {
  test.each([
    ['https://xn--pypal-4ve.com', ['punycode']],
    ['https://www.xn--80ak6aa92e.com', ['punycode']],
    ['http://api.example.com', ['not-encrypted']],
    ['http://127.0.0.1:8080', ['private-network']],
    ['https://192.168.1.1', ['private-network']],
    ['http://[::1]:3000', ['private-network']],
    ['https://printer.local', ['private-network']],
    ['https://api.example.com', []],
    ['https://localhost.example.com', []],
    ['https://10.example.com', []],
    ['no origin', []],
  ])('%s', (origin, expected) => {
    expect(suspectOrigin(origin)).toEqual(expected)
  })
})
