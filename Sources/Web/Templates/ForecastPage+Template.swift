extension ForecastPage {
  static let template = #"""
    <div class="head"><h1>{{title}}</h1><p class="lead">The month {{month}}, lived on from where the jobs stand now.</p></div>
    <div id="live" data-live="30">
    <div class="grid">{{#cards}}<div class="card figure"><b>{{figure}}</b><span>{{label}}</span></div>{{/cards}}</div>
    </div>
    <div id="answer" aria-live="polite">
    <section class="card" aria-labelledby="fan-h"><div class="card-head"><h2 id="fan-h">Spending over the month</h2><a href="{{csvPath}}">Export CSV</a></div>
    {{#chart}}<div class="wide-chart" tabindex="0" role="region" aria-label="Chart of the month">{{{chart}}}</div><details class="fold"><summary>The same as a table</summary><div class="scroll" tabindex="0" role="region" aria-label="Table of the days"><table><caption>US dollars by the end of each day</caption><thead><tr><th scope="col">Day</th><th scope="col" class="number">1 in 10 below</th><th scope="col" class="number">Middle</th><th scope="col" class="number">9 in 10 below</th><th scope="col" class="number">19 in 20 below</th></tr></thead><tbody>{{#days}}<tr><th scope="row" class="nowrap">{{date}}</th><td class="number">{{p10}}</td><td class="number">{{p50}}</td><td class="number">{{p90}}</td><td class="number">{{p95}}</td></tr>{{/days}}</tbody></table></div></details>{{/chart}}
    {{^chart}}<p class="soft">The month has no two days to draw yet. Come back tomorrow.</p>{{/chart}}
    <p class="soft small">Source: {{source}}. The limit is a question here, not a gate: this is what is wanted.</p></section>
    <section class="card" aria-labelledby="ans-h"><h2 id="ans-h">{{#isAsked}}What this would change{{/isAsked}}{{^isAsked}}What would change it{{/isAsked}}</h2>
    {{#problem}}<div class="notice bad" role="alert"><p class="error">{{problem}}</p></div>{{/problem}}
    {{#sentences}}<p><b>{{.}}</b></p>{{/sentences}}
    {{#isTrying}}<div aria-busy="true"><p class="soft small" role="status">Being simulated, with and without each change.<noscript> Load the page again in a moment.</noscript></p><div class="skeleton rows" aria-hidden="true"></div></div>{{/isTrying}}
    {{^isTrying}}<div class="scroll" tabindex="0" role="region" aria-label="Table of changes"><table><caption>{{answered}}</caption><thead><tr><th scope="col">Change, from now on</th><th scope="col" class="number">This month</th><th scope="col" class="number">Interval</th><th scope="col" class="number">Odds of an overrun</th></tr></thead><tbody>
    {{#trials}}<tr><th scope="row" class="wide-name"><a href="{{path}}">{{change}}</a></th><td class="number">{{#kind}}<span class="badge {{kind}}">{{more}}</span>{{/kind}}{{^kind}}{{more}}{{/kind}}</td><td class="number">{{interval}}</td><td class="number">{{odds}}</td></tr>
    {{/trials}}</tbody></table></div>
    <p class="soft small">A badge marks a difference beyond chance. Pods that run keep what they are and what they cost.</p>{{/isTrying}}</section>
    </div>
    <section class="card" id="try" aria-labelledby="try-h"><h2 id="try-h">What if …</h2>
    {{#form}}<form method="get" action="/dashboard/forecast" data-refresh="answer">
    <div class="half"><fieldset><legend>Add jobs</legend><div class="fields">
    <div class="field"><label for="add">Preset</label><select id="add" name="add">{{#presets}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/presets}}</select></div>
    <div class="field"><label for="add_pricing">GPU</label><select id="add_pricing" name="add_pricing">{{#pricings}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/pricings}}</select></div>
    <div class="field"><label for="add_pairs">Training pairs</label><input id="add_pairs" name="add_pairs" inputmode="numeric" value="{{pairs}}" placeholder="2600"></div>
    <div class="field"><label for="add_count">How many</label><input id="add_count" name="add_count" inputmode="numeric" value="{{count}}" placeholder="1"></div>
    <div class="field"><label for="add_start">Submitted at (UTC)</label><input id="add_start" name="add_start" type="datetime-local" value="{{start}}"><p class="hint">Empty: now</p></div>
    </div></fieldset>
    <fieldset><legend>Run them otherwise</legend><div class="fields">
    <div class="field"><label for="slots">Slots</label><input id="slots" name="slots" inputmode="numeric" value="{{slots}}" placeholder="{{slotsNow}}"><p class="hint">Jobs at once; {{slotsNow}} today</p></div>
    <div class="field"><label for="payment">Jobs without a pod</label><select id="payment" name="payment">{{#payments}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/payments}}</select></div>
    <div class="field"><label for="fallback_after">… after so many interruptions</label><input id="fallback_after" name="fallback_after" inputmode="numeric" value="{{fallback}}" placeholder="3"></div>
    <div class="field"><label for="spot_rate">Spot, $ an hour</label><input id="spot_rate" name="spot_rate" inputmode="decimal" value="{{spotRate}}"></div>
    <div class="field"><label for="on_demand_rate">On-demand, $ an hour</label><input id="on_demand_rate" name="on_demand_rate" inputmode="decimal" value="{{onDemandRate}}"></div>
    </div></fieldset></div>
    <div class="actions"><button class="primary" type="submit">Answer</button><a href="/dashboard/forecast">As it is today</a></div></form>{{/form}}</section>
    <div id="drivers" class="half" data-live="{{splitRefresh}}">
    <section class="card" aria-labelledby="made-h"><h2 id="made-h">What it is made of</h2>
    {{#isSplitting}}<div aria-busy="true"><p class="soft small" role="status">Being computed.<noscript> Load the page again in a moment.</noscript></p><div class="skeleton rows" aria-hidden="true"></div></div>{{/isSplitting}}
    {{^isSplitting}}<div class="scroll" tabindex="0" role="region" aria-label="Table of parts"><table><caption>US dollars of the month's mean</caption><thead><tr><th scope="col">Part</th><th scope="col">Share</th><th scope="col" class="number">US dollars</th></tr></thead><tbody>{{#parts}}<tr><th scope="row">{{name}}</th><td><progress max="100" value="{{percent}}" aria-label="{{name}}">{{share}}</progress></td><td class="number">{{usd}}</td></tr>{{/parts}}</tbody></table></div>{{#withoutArrivals}}<p class="soft small">{{.}}</p>{{/withoutArrivals}}{{/isSplitting}}</section>
    <section class="card" aria-labelledby="var-h"><h2 id="var-h">What makes it unsure</h2>{{#sentence}}<p>{{.}}</p>{{/sentence}}
    {{#isSplitting}}<div aria-busy="true"><div class="skeleton rows" aria-hidden="true"></div></div>{{/isSplitting}}
    {{^isSplitting}}<div class="scroll" tabindex="0" role="region" aria-label="Table of inputs"><table><caption>Shares of the variance (Sobol indices), with all an input takes part in and alone; ± is half of the 95 % interval</caption><thead><tr><th scope="col">Input</th><th scope="col">Share</th><th scope="col" class="number">With others</th><th scope="col" class="number">Alone</th></tr></thead><tbody>{{#inputs}}<tr><th scope="row">{{name}}</th><td><progress max="100" value="{{percent}}" aria-label="{{name}}">{{total}}</progress></td><td class="number">{{total}}</td><td class="number">{{alone}}</td></tr>{{/inputs}}</tbody></table></div>
    <p class="soft small">Source: {{driversSource}}. The hourly rate is held as last paid.</p>{{/isSplitting}}</section>
    </div>
    """#
}
