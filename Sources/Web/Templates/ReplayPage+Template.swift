extension ReplayPage {
  static let template = #"""
    <div class="head"><h1>{{title}}</h1><p class="lead">The journal, row by row: what stood when, as it was written down. Nothing is decided anew.</p></div>
    {{#jobName}}<nav class="tabs" aria-label="Parts of the job"><a href="{{jobPath}}">Overview</a><a href="{{jobPath}}/events">Event Log</a><a href="{{jobPath}}/validation">Validation</a><a href="{{path}}" aria-current="page">Replay</a></nav>{{/jobName}}
    {{^hasRow}}<section class="card" aria-label="Journal"><div class="empty"><h2>Nothing happened then</h2><p>The journal has no row in this month. Choose another.</p></div></section>{{/hasRow}}
    {{^jobName}}<form class="inline" method="get" action="{{path}}"><label for="month">Month</label> <select id="month" name="month">{{#months}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/months}}</select> <button type="submit">Show</button></form>{{/jobName}}
    {{#hasRow}}<section class="card" aria-labelledby="scrub-h"><h2 id="scrub-h">Scrub</h2>
    <form method="get" action="{{path}}" data-refresh="moment">{{^jobName}}{{#months}}{{#isChosen}}<input type="hidden" name="month" value="{{value}}">{{/isChosen}}{{/months}}{{/jobName}}
    <div class="field"><label for="at">Row of the journal</label><input id="at" name="at" type="range" min="{{first}}" max="{{last}}" value="{{seq}}"></div>
    <p class="soft small">{{#from}}From {{>time}}{{/from}}{{#until}} to {{>time}}{{/until}}</p>
    <div class="actions"><button type="submit">Go there</button></div></form></section>
    <div id="moment" aria-live="polite">
    <nav class="inline" aria-label="Steps">{{#steps}}{{#leads}}<a class="button" href="{{path}}">{{label}}</a>{{/leads}}{{^leads}}<span class="soft">{{label}}</span>{{/leads}} {{/steps}}</nav>
    <section class="card" aria-labelledby="row-h"><h2 id="row-h">{{message}}</h2>
    <p>{{position}}{{#at}}, {{>time}}{{/at}}{{#eventJob}}: <a href="{{eventJobPath}}">{{eventJob}}</a> (<a href="{{eventJobPath}}/replay">its replay</a>){{/eventJob}}</p>
    <details class="fold"><summary>{{event}}</summary><pre>{{details}}</pre></details></section>
    {{^isReady}}<div aria-busy="true"><div class="grid" aria-hidden="true"><div class="card skeleton figures"></div><div class="card skeleton figures"></div><div class="card skeleton figures"></div><div class="card skeleton figures"></div></div><section class="card" aria-labelledby="going-h"><h2 id="going-h">Time line</h2><div class="skeleton timeline" aria-hidden="true"></div><p class="soft small" role="status">The journal is gone through to this row: {{rowsRead}} rows by now. How the fleet stood then is shown in a moment.<noscript> Load the page again then.</noscript></p></section></div>{{/isReady}}
    {{#isReady}}<div class="grid">{{#cards}}<div class="card figure"><b>{{figure}}</b><span>{{label}}</span></div>{{/cards}}</div>
    {{#chart}}<section class="card" aria-labelledby="time-h"><h2 id="time-h">Time line</h2><div class="wide-chart" tabindex="0" role="region" aria-label="Chart of the fleet over time">{{{chart}}}</div></section>{{/chart}}
    <section class="card" aria-labelledby="then-h"><h2 id="then-h">{{#jobName}}The job then{{/jobName}}{{^jobName}}Jobs that were not over{{/jobName}}</h2>
    {{#hasRows}}<div class="scroll" tabindex="0" role="region" aria-label="Table of jobs"><table><caption>As they stood after this row{{#cut}}; {{.}}{{/cut}}</caption><thead><tr><th scope="col">Job</th><th scope="col">Status</th><th scope="col">GPU</th><th scope="col" class="number">Steps kept</th><th scope="col" class="number">Interruptions</th><th scope="col" class="number">Cost</th></tr></thead><tbody>
    {{#rows}}<tr><th scope="row" class="wide-name"><a href="/dashboard/training-jobs/{{id}}">{{name}}</a></th><td>{{>badge}}</td><td>{{pricing}}</td><td class="number">{{progress}}</td><td class="number">{{interruptions}}</td><td class="number">{{cost}}</td></tr>
    {{/rows}}</tbody></table></div>{{/hasRows}}
    {{^hasRows}}<p class="soft">No job was under way or waited.</p>{{/hasRows}}</section>
    <section class="card" aria-labelledby="count-h"><h2 id="count-h">Jobs by status</h2><table><caption>All that had been submitted by then</caption><thead><tr><th scope="col">Status</th><th scope="col" class="number">Jobs</th></tr></thead><tbody>{{#counts}}<tr><th scope="row">{{>badge}}</th><td class="number">{{jobs}}</td></tr>{{/counts}}</tbody></table></section>{{/isReady}}
    </div>{{/hasRow}}
    """#
}
