extension BudgetPage {
  static let template = #"""
    <div class="head"><h1>{{title}}</h1><div class="actions"><a class="button" href="/dashboard/attribution">By client and project</a></div><p class="lead">{{#periodEnds}}The running month ends {{>time}}.{{/periodEnds}} <a href="/dashboard/help/budget">How the budget works</a></p></div>
    <div id="live" data-live="30">
    <div class="grid">{{#cards}}<div class="card figure"><b>{{figure}}</b><span>{{label}}</span></div>{{/cards}}</div>
    {{#hasLimit}}<div class="card"><progress class="{{kind}}" max="100" value="{{percent}}" aria-label="Budget used">{{percent}}%</progress></div>{{/hasLimit}}
    {{#chart}}<section class="card" aria-labelledby="acc-h"><h2 id="acc-h">Spending this month</h2>{{{chart}}}</section>{{/chart}}
    <div class="half">
    <section class="card" aria-labelledby="fc-h"><h2 id="fc-h">Budget vs Forecast</h2>{{#forecastWarning}}<div class="notice warn"><p>{{forecastWarning}}</p></div>{{/forecastWarning}}<dl class="pairs">{{#forecast}}<dt>{{label}}</dt><dd>{{value}}</dd>{{/forecast}}</dl></section>
    {{#months}}<section class="card" aria-labelledby="six-h"><h2 id="six-h">Last 6 months</h2><table><caption>Average monthly spend before this month: {{average}}. Trend: {{trend}}</caption><thead><tr><th scope="col">Month</th><th scope="col">Share of the highest</th><th scope="col" class="number">Spent</th></tr></thead><tbody>{{#rows}}<tr><th scope="row">{{name}}</th><td><progress max="100" value="{{percent}}" aria-label="{{name}}">{{percent}}%</progress></td><td class="number">{{spent}}</td></tr>{{/rows}}</tbody></table></section>{{/months}}
    </div>
    <section class="card" aria-labelledby="jobs-h"><h2 id="jobs-h">Per-job breakdown</h2>
    {{#hasJobs}}<div class="scroll" tabindex="0" role="region" aria-label="Jobs of this month"><table><caption>Jobs that belong to this month, the most expensive first</caption><thead><tr><th scope="col">Job Name</th><th scope="col">Status</th><th scope="col" class="number">Cost</th><th scope="col" class="number">Percentage of Budget</th><th scope="col">Date</th></tr></thead><tbody>
    {{#jobs}}<tr><th scope="row" class="wide-name"><a href="/dashboard/training-jobs/{{id}}">{{name}}</a></th><td>{{>badge}}</td><td class="number">{{cost}}</td><td class="number">{{share}}</td><td class="nowrap">{{#at}}{{>time}}{{/at}}</td></tr>{{/jobs}}</tbody></table></div>{{/hasJobs}}
    {{^hasJobs}}<p class="soft">No job has cost anything this month.</p>{{/hasJobs}}</section>
    {{#savings}}<section class="card" id="spot" aria-labelledby="spot-h"><div class="card-head"><h2 id="spot-h">Cost Optimization Report: spot instance savings</h2>{{#hasRows}}<a href="/api/v1/reports/cost.pdf">Export PDF</a>{{/hasRows}}</div>
    {{#hasRows}}{{#recommendation}}<p><b>{{recommendation}}</b></p>{{/recommendation}}<dl class="pairs">{{#facts}}<dt>{{label}}</dt><dd>{{value}}</dd>{{/facts}}</dl>
    <div class="scroll" tabindex="0" role="region" aria-label="Savings by job"><table><caption>The hours that spot jobs were billed, without what interruptions cost, at the on-demand rate</caption><thead><tr><th scope="col">Job Name</th><th scope="col" class="number">Spot Cost</th><th scope="col" class="number">Equivalent On-Demand Cost</th><th scope="col" class="number">Savings</th><th scope="col" class="number">Interruptions</th></tr></thead><tbody>
    {{#rows}}<tr><th scope="row" class="wide-name"><a href="/dashboard/training-jobs/{{id}}">{{name}}</a></th><td class="number">{{spot}}</td><td class="number">{{onDemand}}</td><td class="number">{{saved}}</td><td class="number">{{interruptions}}</td></tr>{{/rows}}</tbody></table></div>{{/hasRows}}
    {{^hasRows}}<p class="soft">No spot job is over yet, or the rates are not known.</p>{{/hasRows}}</section>{{/savings}}
    </div>
    <div class="half">
    <section class="card" aria-labelledby="ctl-h"><h2 id="ctl-h">Budget controls</h2>
    {{#frame.isManager}}<form method="post" action="/dashboard/training-budget">{{>csrf}}<div class="fields"><div class="field"><label for="limit">Monthly limit ($)</label><input id="limit" name="limit" inputmode="decimal" value="{{limitValue}}"><p class="hint">Empty: no limit, and no job is blocked.</p></div></div>
    <div class="field"><label for="limit-why">Justification (required)</label><textarea id="limit-why" name="justification" maxlength="2000" required></textarea></div><button class="primary" type="submit">Set limit</button></form>{{/frame.isManager}}
    {{^frame.isManager}}<p class="soft">A manager sets the limit. You can ask for a higher one.</p>{{/frame.isManager}}
    </section>
    <section class="card" id="ask" aria-labelledby="ask-h"><h2 id="ask-h">Ask for a higher limit</h2>
    {{#frame.canEdit}}<form method="post" action="/dashboard/training-budget/ask">{{>csrf}}<div class="field"><label for="new-limit">New limit ($)</label><input id="new-limit" name="limit" inputmode="decimal" required></div><div class="field"><label for="ask-why">Justification (required)</label><textarea id="ask-why" name="justification" maxlength="2000" required></textarea></div><button type="submit">Submit request</button></form>{{/frame.canEdit}}
    {{#hasApprovals}}<hr><h3>Requests</h3>{{#approvals}}<div class="note"><p>{{applicant}} asks for {{limit}}: {{justification}} <span class="badge {{status}}">{{status}}</span></p>{{#isPending}}<p class="soft">{{#expires}}Expires {{>time}}{{/expires}}</p>{{#frame.isManager}}<form class="actions" method="post" action="/dashboard/training-budget/approvals/{{number}}">{{>csrf}}<button class="primary" name="decision" value="approve">Approve</button><button name="decision" value="reject">Reject</button></form>{{/frame.isManager}}{{/isPending}}</div>{{/approvals}}{{/hasApprovals}}
    </section></div>
    <section class="card" aria-labelledby="log-h"><div class="card-head"><h2 id="log-h">Budget override log</h2><a href="/dashboard/training-budget/log.csv">Export CSV</a></div>
    {{#hasLog}}<div class="scroll" tabindex="0" role="region" aria-label="Table of the log"><table><thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">Change</th><th scope="col">Justification</th></tr></thead><tbody>{{#log}}<tr><td class="nowrap">{{#at}}{{>time}}{{/at}}</td><td>{{person}}</td><td>{{action}}</td><td>{{change}}</td><td class="wide-name">{{why}}</td></tr>{{/log}}</tbody></table></div>{{/hasLog}}
    {{^hasLog}}<p class="soft">Nobody has changed the limit or gone beyond it.</p>{{/hasLog}}</section>
    """#
}
