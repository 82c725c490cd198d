/** The articles that the feed reader finds. One author tries markup in a title: it must come out as text. */
export const FEEDS = [
  {
    id: 'isolation',
    title: 'Isolation weekly',
    items: [
      {
        title: 'A thread is not a sandbox',
        author: 'Mira Okafor',
        hoursAgo: 3,
        summary:
          "A dedicated worker shares its page's origin: its databases, its caches, its cookies. What an opaque-origin frame adds, and what it costs.",
      },
      {
        title: 'Deny first, then ask',
        author: 'Jonas Weber',
        hoursAgo: 9,
        summary:
          'Why every operation that nobody granted should be an error from the start, and why a stub that succeeds is worse than one that fails.',
      },
      {
        title: '<img src=x onerror=alert(1)> a headline with markup',
        author: '<script>alert(2)</script>',
        hoursAgo: 20,
        summary:
          "If this title is a picture or a dialog, something is wrong. If you can read its angle brackets, the page treats guests' text as text.",
      },
      {
        title: 'Ending a loop from outside',
        author: 'Aiko Tanaka',
        hoursAgo: 31,
        summary: 'An interrupt handler inside the engine misses native loops. A watchdog outside, and a worker to end, does not.',
      },
    ],
  },
  {
    id: 'capabilities',
    title: 'Capability notes',
    items: [
      {
        title: 'A scope is an exact origin',
        author: 'Lena Petrova',
        hoursAgo: 6,
        summary:
          'Suffix matches have let notexample.com pass as example.com more than once. Parse once, compare scheme, host and port, fetch that very URL.',
      },
      {
        title: 'Revoking while it runs',
        author: 'Samuel Adeyemi',
        hoursAgo: 26,
        summary: 'A grant looked up at the start of a call is a grant that cannot be taken back. Look it up at every use.',
      },
      {
        title: 'Consent text is attack surface',
        author: 'Ines Moreau',
        hoursAgo: 50,
        summary: 'Right-to-left overrides, look-alike letters and ten kilobytes of reasons: what a permission prompt has to survive.',
      },
    ],
  },
  {
    id: 'engines',
    title: 'Small engines',
    items: [
      {
        title: 'Prettier in 170 milliseconds',
        author: 'Tom\u00e1s Silva',
        hoursAgo: 14,
        summary: 'Loading 1.2 MB of formatter into an interpreter of 500 KB: parse time, memory, and the stack depth it needs.',
      },
      {
        title: 'Memory that cannot grow',
        author: 'Hanna Lindqvist',
        hoursAgo: 40,
        summary: 'A limit in the allocator is advice; a maximum in the memory itself is a fact.',
      },
    ],
  },
]
