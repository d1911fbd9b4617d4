extension AccuracyPage {
  static let template = #"""
    <div class="head"><h1>{{title}}</h1><p class="lead">Every completed job, estimated anew from what was known when it was submitted, and held against what came true.</p></div>
    <div id="live" data-live="{{refresh}}">
    {{#isOutdated}}<div class="notice" role="status" aria-busy="true"><p>Jobs have ended since: what is newer is being computed.</p></div>{{/isOutdated}}
    {{#isComputing}}<section class="card" aria-label="Accuracy"><div class="empty" role="status" aria-busy="true"><h2>Being computed</h2><p>The past is estimated anew, job by job. This takes some seconds, once for each state of the history; load the page again in a moment.</p></div><div class="skeleton heat" aria-hidden="true"></div></section>{{/isComputing}}
    {{^isComputing}}{{^isReady}}<section class="card" aria-label="Accuracy"><div class="empty"><h2>Too few jobs have ended</h2><p>The first job is scored that was submitted after {{fromJobs}} others had ended, and completed. {{#frame.canEdit}}<a href="/dashboard/training-jobs/new">Make a job</a>{{/frame.canEdit}}</p></div></section>{{/isReady}}{{/isComputing}}
    {{#isReady}}{{#parts}}<section class="card" aria-labelledby="{{id}}-h"><h2 id="{{id}}-h">{{title}}</h2>
    <p>The middle estimate was off by {{offBy}} in the middle case, and {{bias}} on average.</p>
    <div class="half"><div class="scroll" tabindex="0" role="region" aria-label="Coverage, {{title}}"><table><caption>How many outcomes the intervals held; the last column is the 95 % interval of that share</caption><thead><tr><th scope="col">Interval of</th><th scope="col" class="number">Held</th><th scope="col" class="number">Jobs</th><th scope="col" class="number">Between</th><th scope="col">So it is</th></tr></thead><tbody>
    {{#coverage}}<tr><th scope="row">{{level}}</th><td class="number">{{share}}</td><td class="number">{{count}}</td><td class="number">{{interval}}</td><td><span class="badge {{kind}}">{{verdict}}</span></td></tr>{{/coverage}}</tbody></table></div>
    <div>{{{pit}}}</div></div>
    <div class="wide-chart" tabindex="0" role="region" aria-label="{{title}}, job by job">{{{chart}}}</div></section>{{/parts}}
    {{#hasWays}}<section class="card" aria-labelledby="way-h"><h2 id="way-h">Projections on the way</h2>
    {{#typically}}<p>{{.}}</p>{{/typically}}
    <div class="scroll" tabindex="0" role="region" aria-label="Table of projections"><table><caption>The final cost of the same jobs, projected when so much of their steps was done; the last column but one is the 95 % interval of the share that the 8-in-10 range held</caption><thead><tr><th scope="col">Steps done</th><th scope="col" class="number">Off by, in the middle case</th><th scope="col">On average</th><th scope="col" class="number">8 in 10 held</th><th scope="col" class="number">Between</th><th scope="col">So it is</th><th scope="col" class="number">Time off by</th></tr></thead><tbody>
    {{#ways}}<tr><th scope="row">{{share}}</th><td class="number">{{offBy}}</td><td>{{bias}}</td><td class="number">{{held}}</td><td class="number">{{interval}}</td><td><span class="badge {{kind}}">{{verdict}}</span></td><td class="number">{{timeOffBy}}</td></tr>{{/ways}}</tbody></table></div>
    <p class="soft small">Computed from the journal: the job is brought to where it stood then, and its world goes on by a model that knew nothing later. Only jobs that completed are scored, so what might have failed is in the projection and not in the outcome.</p></section>{{/hasWays}}
    <section class="card" aria-labelledby="jobs-h"><div class="card-head"><h2 id="jobs-h">Estimate against actual</h2><a href="/dashboard/accuracy.csv">Export CSV</a></div>
    <div class="scroll" tabindex="0" role="region" aria-label="Table of jobs"><table><caption>The newest first{{#cut}}, {{.}}{{/cut}}; in brackets where 8 in 10 were to end</caption><thead><tr><th scope="col">Job</th><th scope="col" class="number">Estimated cost</th><th scope="col" class="number">Actual</th><th scope="col" class="number">Off by</th><th scope="col">8 in 10</th><th scope="col" class="number">Told then</th><th scope="col" class="number">Projected half-way</th><th scope="col" class="number">Estimated time</th><th scope="col" class="number">Took</th></tr></thead><tbody>
    {{#rows}}<tr><th scope="row" class="wide-name"><a href="/dashboard/training-jobs/{{id}}">{{name}}</a></th><td class="number">{{estimate}}</td><td class="number">{{actual}}</td><td class="number">{{error}}</td><td><span class="badge {{kind}}">{{verdict}}</span></td><td class="number">{{quoted}}</td><td class="number">{{halfway}}</td><td class="number">{{duration}}</td><td class="number">{{took}}</td></tr>
    {{/rows}}</tbody></table></div>
    <p class="soft small">Source: {{source}}. “Told then” is what the form said before the start, by the model of that day; “Projected half-way” is the final cost as it was projected when half of the steps were done, and how far that was off.</p></section>{{/isReady}}
    </div>
    """#
}
