// @ts-check
import { expose } from 'comlink'
import { marked } from 'marked'
import * as guest from './web-guest.js'

expose({ ...guest, render: (/** @type {string} */ text) => marked.parse(text).length })
