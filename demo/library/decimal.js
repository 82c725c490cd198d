// A mortgage to the last cent over thirty years, and constants to two hundred digits.
import { Decimal } from 'decimal.js'

export function run() {
  const D = Decimal.clone({ precision: 220 })
  // Machin: pi / 4 = 4 atan(1/5) - atan(1/239)
  const arctanOfInverse = (n) => {
    let power = new D(1).div(n)
    let sum = power
    for (let k = 3; power.gt('1e-218'); k += 2) {
      power = power.div(n * n)
      sum = (k - 1) % 4 === 0 ? sum.plus(power.div(k)) : sum.minus(power.div(k))
    }
    return sum
  }
  const pi = arctanOfInverse(5).times(4).minus(arctanOfInverse(239)).times(4)
  const ramanujan = D.exp(pi.times(new D(163).sqrt()))

  const Cents = Decimal.clone({ precision: 40, rounding: Decimal.ROUND_HALF_EVEN })
  const rate = new Cents('0.0395').div(12)
  const growth = rate.plus(1).pow(360)
  const payment = new Cents(412_500).times(rate).times(growth).div(growth.minus(1)).toDP(2)
  let debt = new Cents(412_500)
  let interest = new Cents(0)
  const years = []
  for (let month = 1; month <= 360; month += 1) {
    const due = debt.times(rate).toDP(2)
    interest = interest.plus(due)
    debt = Cents.max(0, debt.plus(due).minus(payment))
    if (month % 12 === 0) years.push(`${month / 12}: ${debt.toFixed(2)} left, ${interest.toFixed(2)} paid`)
  }
  return [pi.toFixed(200), ramanujan.toFixed(30), new D(2).sqrt().toFixed(200), payment.toFixed(2), ...years].join('\n')
}
