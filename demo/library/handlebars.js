// A page of mountain huts from a template with partials, helpers and blocks; Handlebars writes a function for it and evaluates that.
import Handlebars from 'handlebars'
import HUTS from '../page/sample/huts.csv?raw'

const PAGE = `<h1>{{title}}</h1>
{{#each regions as |region|}}
<section id="{{slug region.name}}">
  <h2>{{region.name}} ({{region.huts.length}})</h2>
  <ul>
  {{#each region.huts}}
    {{> hut place=region.name}}
  {{else}}
    <li>None.</li>
  {{/each}}
  </ul>
  {{#if (over region.highest 2500)}}<p>Bring a warm bag: {{region.highest}} m.</p>{{/if}}
</section>
{{/each}}
`
const HUT = '<li class="{{water}}">{{hut}}, {{altitude_m}} m{{#unless (over beds 10)}} (small){{/unless}}: {{{money price_eur}}} in {{place}}{{#with opened}} since {{this}}{{/with}}</li>'

export function run() {
  const handlebars = Handlebars.create()
  handlebars.registerHelper('slug', (text) => text.toLowerCase().replace(/\W+/g, '-'))
  handlebars.registerHelper('over', (value, limit) => Number(value) > limit)
  handlebars.registerHelper('money', (value) => `<b>${Number(value).toFixed(2)}</b> &euro;`)
  handlebars.registerPartial('hut', HUT)
  const template = handlebars.compile(PAGE, { strict: false })
  const [header, ...rows] = HUTS.trim().split('\n').map((line) => line.split(','))
  const huts = rows.map((row) => Object.fromEntries(row.map((cell, column) => [header[column], cell])))
  const names = [...new Set(huts.map(({ region }) => region))].sort()
  const regions = [...names, '<nowhere> & "beyond"'].map((name) => {
    const own = huts.filter(({ region }) => region === name)
    return { name, huts: own, highest: Math.max(0, ...own.map(({ altitude_m: altitude }) => Number(altitude))) }
  })
  return template({ title: 'Huts & "bothies"', regions })
}
