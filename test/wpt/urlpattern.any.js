// META: title=URLPattern, over the test data that implementations share
// The driver is ours; the data is downloaded. What an entry does not say about a component is not looked at.

const COMPONENTS = ['protocol', 'username', 'password', 'hostname', 'port', 'pathname', 'search', 'hash']

function checkEntry({ pattern: args, inputs = [], expected_obj: compiled = {}, expected_match: match }) {
  if (compiled === 'error') {
    assert_throws_js(TypeError, () => new URLPattern(...args), 'the constructor')
    return
  }
  const pattern = new URLPattern(...args)
  for (const name of COMPONENTS.filter((component) => component in compiled)) assert_equals(pattern[name], compiled[name], `pattern.${name}`)
  if (match === 'error') {
    assert_throws_js(TypeError, () => pattern.test(...inputs), 'test()')
    assert_throws_js(TypeError, () => pattern.exec(...inputs), 'exec()')
    return
  }
  assert_equals(pattern.test(...inputs), Boolean(match), 'test()')
  const result = pattern.exec(...inputs)
  if (!match) {
    assert_equals(result, null, 'exec()')
    return
  }
  assert_equals(JSON.stringify(result.inputs), JSON.stringify(match.inputs ?? inputs), 'exec().inputs')
  for (const name of COMPONENTS.filter((component) => component in match)) {
    assert_equals(result[name].input, match[name].input, `exec().${name}.input`)
    // A group that did not take part is undefined, and null in the data.
    const groups = Object.entries(match[name].groups).map(([group, text]) => [group, text ?? undefined])
    assert_object_equals({ ...result[name].groups }, Object.fromEntries(groups), `exec().${name}.groups`)
  }
}

promise_test(async () => {
  const entries = await (await fetch('resources/urlpatterntestdata.json')).json()
  entries.forEach((entry, index) => {
    if (typeof entry === 'string' || entry.skip) return
    test(() => checkEntry(entry), `${index}: ${JSON.stringify(entry.pattern)} with ${JSON.stringify(entry.inputs)}`)
  })
}, 'the data loads')
