// An order from cart to door: parallel regions, guards, entry and exit actions, child machines; 400 orders with a scripted fate each.
import { assign, createActor, emit, fromCallback, setup } from 'xstate'

const payment = setup({ guards: { tooOften: ({ context }) => context.tries >= 3 } }).createMachine({
  id: 'payment',
  context: { tries: 0 },
  initial: 'asking',
  states: {
    asking: { entry: assign({ tries: ({ context }) => context.tries + 1 }), on: { ACCEPT: 'paid', DECLINE: [{ guard: 'tooOften', target: 'refused' }, { target: 'asking', reenter: true }] } },
    paid: { type: 'final' },
    refused: { type: 'final' },
  },
  output: ({ context }) => ({ tries: context.tries }),
})

const order = setup({
  actors: { payment, courier: fromCallback(({ sendBack, receive }) => { receive(({ type }) => { if (type === 'GO') sendBack({ type: 'PICKED_UP' }) }) }) },
  guards: { isFilled: ({ context }) => context.items.length > 0 },
  actions: { log: assign({ log: ({ context, event }, { what }) => [...context.log, `${event.type}:${what}`] }) },
}).createMachine({
  id: 'order',
  context: { items: [], log: [], tries: 0 },
  type: 'parallel',
  states: {
    way: {
      initial: 'cart',
      states: {
        cart: {
          on: {
            ADD: { actions: [assign({ items: ({ context, event }) => [...context.items, event.item] }), { type: 'log', params: { what: 'added' } }] },
            CHECKOUT: [{ guard: 'isFilled', target: 'paying' }, { actions: { type: 'log', params: { what: 'empty' } } }],
          },
        },
        paying: {
          entry: { type: 'log', params: { what: 'asks' } },
          exit: { type: 'log', params: { what: 'settled' } },
          invoke: { id: 'till', src: 'payment', onDone: [{ guard: ({ event }) => event.output.tries < 3, target: 'shipping', actions: assign({ tries: ({ event }) => event.output.tries }) }, { target: 'dropped' }] },
          on: { ACCEPT: { actions: ({ self }) => self.getSnapshot().children.till.send({ type: 'ACCEPT' }) }, DECLINE: { actions: ({ self }) => self.getSnapshot().children.till.send({ type: 'DECLINE' }) } },
        },
        shipping: { invoke: { id: 'van', src: 'courier' }, initial: 'packed', states: { packed: { on: { PICKED_UP: 'moving' } }, moving: { on: { ARRIVE: '#order.way.door' } }, past: { type: 'history' } } },
        door: { type: 'final', entry: emit({ type: 'delivered' }) },
        dropped: { type: 'final' },
      },
    },
    help: { initial: 'quiet', states: { quiet: { on: { ASK: 'waiting' } }, waiting: { after: { 86_400_000: 'quiet' }, on: { ANSWER: 'quiet' } } } },
  },
})

export function run() {
  const lines = []
  for (let number = 0; number < 400; number += 1) {
    const actor = createActor(order)
    const emitted = []
    actor.on('delivered', ({ type }) => emitted.push(type))
    actor.start()
    const declines = number % 4
    const events = ['CHECKOUT', ...(number % 7 ? ['ADD', 'ADD', 'CHECKOUT'] : []), ...Array(declines).fill('DECLINE'), 'ASK', 'ACCEPT', 'ANSWER', 'ARRIVE']
    for (const type of events) actor.send({ type, item: `item ${number}` })
    actor.getSnapshot().children.van?.send({ type: 'GO' })
    actor.send({ type: 'ARRIVE' })
    const { value, context, status } = actor.getSnapshot()
    lines.push(`${number} ${status} ${JSON.stringify(value)} ${context.tries} ${context.log.join(',')} ${emitted.join()}`)
    actor.stop()
  }
  return lines.join('\n')
}
