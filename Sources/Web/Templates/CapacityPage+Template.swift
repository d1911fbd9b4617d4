extension CapacityPage {
  static let template = #"""
    <div class="head"><h1>{{title}}</h1><p class="lead">How long jobs would wait with more or fewer slots, and the cheapest way to be done in time.</p></div>
    <div id="waits-now" data-live="{{refresh}}"><section class="card" aria-labelledby="wait-h"><div class="card-head"><h2 id="wait-h">Waiting for a slot</h2>{{#hasCells}}<a href="/dashboard/capacity.csv">Export CSV</a>{{/hasCells}}</div>
    {{#hasCells}}<dl class="pairs">{{#facts}}<dt>{{label}}</dt><dd>{{value}}</dd>{{/facts}}</dl>
    <div class="wide-chart" tabindex="0" role="region" aria-label="Map of waits">{{{chart}}}</div>
    <details class="fold"><summary>The same as a table</summary><div class="scroll" tabindex="0" role="region" aria-label="Table of waits"><table><caption>{{caption}}</caption><thead><tr><th scope="col">Slots</th>{{#loads}}<th scope="col">{{.}}</th>{{/loads}}</tr></thead><tbody>
    {{#rows}}<tr><th scope="row" class="nowrap">{{slots}}{{#isToday}} (today){{/isToday}}</th>{{#cells}}<td class="small">{{.}}</td>{{/cells}}</tr>
    {{/rows}}</tbody></table></div></details>
    <p class="soft small">{{caption}}. Where more comes than the slots can do, the wait grows for as long as that goes on. Source: {{source}}.</p>{{/hasCells}}
    {{#isComputing}}<div aria-busy="true"><dl class="pairs" aria-hidden="true">{{#facts}}<dt>{{label}}</dt><dd><span class="skeleton line"></span></dd>{{/facts}}</dl>
    <div class="wide-chart" aria-hidden="true"><div class="skeleton heat"></div></div><div class="fold" aria-hidden="true"><span class="skeleton line"></span></div>
    <p class="soft small" role="status">Being computed: teams with more and fewer jobs and slots are simulated. It stands here in a moment, and is kept up to date from then on.<noscript> Load the page again then.</noscript></p></div>{{/isComputing}}
    {{^isComputing}}{{^hasCells}}<div class="empty"><h2>No job has come yet</h2><p>How often jobs come and how long they hold a slot is learnt from this store's own jobs. {{#frame.canEdit}}<a href="/dashboard/training-jobs/new">Make the first one</a>, {{/frame.canEdit}}or serve with <code>--history</code>.</p></div>{{/hasCells}}{{/isComputing}}</section></div>
    <section class="card" id="deadline" aria-labelledby="plan-h"><h2 id="plan-h">The cheapest plan for a deadline</h2>
    {{#form}}<form method="get" action="/dashboard/capacity#deadline" data-refresh="plan"><div class="fields">
    <div class="field"><label for="jobs">Jobs</label><input id="jobs" name="jobs" inputmode="numeric" value="{{jobs}}" placeholder="1"></div>
    <div class="field"><label for="preset">Preset</label><select id="preset" name="preset">{{#presets}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/presets}}</select></div>
    <div class="field"><label for="pairs">Training pairs of each</label><input id="pairs" name="pairs" inputmode="numeric" value="{{pairs}}" placeholder="2600"></div>
    <div class="field"><label for="deadline_hours">Done within, hours</label><input id="deadline_hours" name="deadline_hours" inputmode="decimal" value="{{hours}}" placeholder="24"></div>
    <div class="field"><label for="share">Of the jobs, per cent</label><input id="share" name="share" inputmode="decimal" value="{{share}}" placeholder="90"></div>
    <div class="field"><label for="budget">For at most ($)</label><input id="budget" name="budget" inputmode="decimal" value="{{budget}}"><p class="hint">Empty: no limit</p></div>
    </div><div class="actions"><button class="primary" type="submit">Find it</button></div></form>{{/form}}
    <div id="plan" class="below" aria-live="polite">{{#problem}}<div class="notice bad" role="alert"><p class="error">{{problem}}</p></div>{{/problem}}
    {{#isComparing}}<div aria-busy="true"><p class="notice" role="status">Plans are being compared; the answer stands here in a moment.<noscript> Load the page again then.</noscript></p><div class="skeleton plans" aria-hidden="true"></div></div>{{/isComparing}}
    {{#isAsked}}<div class="notice {{answerKind}}">{{#answer}}<p>{{.}}</p>{{/answer}}</div>
    <div class="scroll" tabindex="0" role="region" aria-label="Table of plans"><table><caption>Every way that was looked at, by what it costs; ± is half of the 95 % interval</caption><thead><tr><th scope="col">Plan</th><th scope="col">Verdict</th><th scope="col" class="number">Cost of all</th><th scope="col" class="number">More than recommended</th><th scope="col" class="number">In time</th><th scope="col" class="number">Done within</th><th scope="col" class="number">Cheapest with</th></tr></thead><tbody>
    {{#plans}}<tr><th scope="row" class="wide-name">{{plan}}</th><td class="nowrap">{{#isChosen}}<span class="badge good">{{verdict}}</span>{{/isChosen}}{{^isChosen}}{{verdict}}{{/isChosen}}</td><td class="number">{{cost}}</td><td class="number">{{extra}}</td><td class="number">{{inTime}}</td><td class="number">{{within}}</td><td class="number">{{best}}</td></tr>
    {{/plans}}</tbody></table></div>
    <p class="soft small">Source: {{planSource}}</p>{{/isAsked}}
    {{^isAsked}}{{^isComparing}}<p class="soft">Say until when the jobs have to be done: ways to pay and numbers of slots are simulated, and the cheapest that is in time is recommended.</p>{{/isComparing}}{{/isAsked}}</div></section>
    """#
}
