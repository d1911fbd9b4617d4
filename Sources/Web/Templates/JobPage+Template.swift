extension JobPage {
  static let template = #"""
    <p class="crumbs"><a href="/dashboard/training-jobs">Training jobs</a> / {{id}}</p>
    <div class="head"><h1>{{title}}</h1>
    <div class="actions">{{#actions}}<a class="button{{#isDanger}} danger{{/isDanger}}{{#isPrimary}} primary{{/isPrimary}}" href="{{path}}">{{label}}</a>{{/actions}}</div></div>
    {{#isHidden}}<div class="notice warn"><p>This job is hidden: lists and the search leave it out.</p>{{#frame.canEdit}}<form method="post" action="/dashboard/training-jobs/show">{{>csrf}}<input type="hidden" name="job" value="{{id}}"><button type="submit">Show again</button></form>{{/frame.canEdit}}</div>{{/isHidden}}
    <nav class="tabs" aria-label="Parts of the job"><a href="{{path}}" aria-current="page">Overview</a><a href="{{path}}/events">Event Log</a><a href="{{path}}/validation">Validation</a><a href="{{path}}/replay">Replay</a></nav>
    <div id="live" data-live="15" data-job="{{id}}">
    {{#trouble}}<div class="notice bad" id="error"><h2>{{title}}</h2><p>{{text}}{{#due}} {{dueText}} {{>time}}.{{/due}}</p>
    {{#defect}}{{>defect}}{{/defect}}
    {{#hasFixes}}<p><b>Suggested fixes</b></p><ol>{{#fixes}}<li>{{text}}{{#isFirst}} (recommended){{/isFirst}} <span class="soft small">{{record}}</span>{{#path}} <a href="{{path}}">{{label}}</a>{{/path}}</li>{{/fixes}}</ol>{{/hasFixes}}
    <div class="actions">{{#options}}<a class="button{{#isDanger}} danger{{/isDanger}}{{#isPrimary}} primary{{/isPrimary}}" href="{{path}}">{{label}}</a>{{/options}}</div></div>{{/trouble}}
    <div class="two"><div>
    <section class="card" aria-labelledby="progress-h"><div class="card-head"><h2 id="progress-h">Progress</h2><span>{{>badge}} {{#interruptionBadge}}<span class="badge interrupted">{{interruptionBadge}}</span>{{/interruptionBadge}}</span></div>
    {{#progress}}
    <p><b>{{label}}</b>{{#pace}}<br><span class="small">{{pace}}</span>{{/pace}}</p>
    <progress max="100" value="{{percent}}" aria-label="Progress of {{what}}">{{percent}}%</progress>
    <p class="small">{{stages}}: {{overall}}%</p>
    <progress max="100" value="{{overall}}" aria-label="Progress over all stages: {{weights}}">{{overall}}%</progress>
    <dl class="pairs small">
    <dt>Elapsed time</dt><dd>{{elapsed}}</dd>
    {{#paused}}<dt>Paused, beside that</dt><dd>{{paused}}</dd>{{/paused}}
    {{#remaining}}<dt>Estimated remaining</dt><dd>{{remaining}}</dd>{{/remaining}}
    {{#completion}}<dt>Expected completion</dt><dd>{{>time}}</dd>{{/completion}}
    {{#epoch}}<dt>Current epoch</dt><dd>{{epoch}}</dd>{{/epoch}}
    </dl>{{/progress}}
    <ol class="stages">{{#stages}}<li class="{{state}}"><b>{{name}}</b><span>{{stateText}}</span><span>{{detail}}</span><span>usually {{usual}}</span></li>{{/stages}}</ol>
    </section>
    <section class="card" aria-labelledby="metrics-h"><div class="card-head"><h2 id="metrics-h">Current metrics</h2></div>
    {{#hasMetrics}}<div class="scroll"><table><caption>The last step that was measured, and the one before</caption><thead><tr><th scope="col">Metric</th><th scope="col" class="number">Value</th><th scope="col">Change</th></tr></thead><tbody>
    {{#metrics}}<tr><th scope="row">{{label}}</th><td class="number">{{value}}</td><td class="soft">{{change}}</td></tr>{{/metrics}}</tbody></table></div>{{/hasMetrics}}
    {{^hasMetrics}}<p class="soft">Nothing was measured yet. Metrics come with the first training steps.</p>{{/hasMetrics}}
    </section>
    <section class="card" aria-labelledby="int-h"><h2 id="int-h">Interruptions</h2>
    {{#hasInterruptions}}<ul>{{#interruptions}}<li>{{text}} {{#at}}<span class="soft small">{{>time}}</span>{{/at}}</li>{{/interruptions}}</ul><p class="soft">{{downtime}} of downtime in all</p>{{/hasInterruptions}}
    {{^hasInterruptions}}<p class="soft">None.</p>{{/hasInterruptions}}
    </section>
    <section class="card" aria-labelledby="cp-h"><h2 id="cp-h">Checkpoints</h2>
    {{#hasCheckpoints}}<div class="scroll" tabindex="0" role="region" aria-label="Table of checkpoints"><table><caption>{{checkpointsInAll}} in all; the last of them</caption><thead><tr><th scope="col">Step</th><th scope="col">Durable</th><th scope="col">Training stood still</th></tr></thead><tbody>
    {{#checkpoints}}<tr><th scope="row">{{step}}</th><td>{{#at}}{{>time}}{{/at}}</td><td>{{blocked}}</td></tr>{{/checkpoints}}</tbody></table></div>{{/hasCheckpoints}}
    {{^hasCheckpoints}}<p class="soft">None yet. The first one is saved after as many steps as the configuration says.</p>{{/hasCheckpoints}}
    </section>
    </div><div>
    {{#cost}}<section class="card" aria-labelledby="cost-h"><h2 id="cost-h">Cost tracker</h2>
    <div class="figure"><b>{{spent}}</b><span>Current spend{{#share}}: {{share}}{{/share}}</span></div>
    {{#estimate}}<progress class="{{kind}}" max="100" value="{{percent}}" aria-label="Spend against the estimate">{{percent}}%</progress>{{/estimate}}
    <dl class="pairs small">
    {{#estimate}}<dt>Estimated cost</dt><dd>{{estimate}} (8 in 10)</dd>{{/estimate}}
    {{#rate}}<dt>Hourly rate</dt><dd>{{rate}}</dd>{{/rate}}
    {{#projected}}<dt>Projected final cost</dt><dd><b>{{projected}}</b> <span class="soft">({{projectedRange}})</span>{{#accuracy}}<br><span class="soft small">{{.}}</span>{{/accuracy}}</dd>{{/projected}}
    {{#setAside}}<dt>Set aside</dt><dd>{{setAside}}</dd>{{/setAside}}
    </dl>
    {{#verdict}}<p>{{verdict}}</p>{{/verdict}}
    {{#examined}}<p class="small">Examinations cost {{examined}} beside it, as jobs of their own:</p><ul class="small">{{#examinations}}<li><a href="/dashboard/training-jobs/{{id}}">{{name}}</a> ({{text}})</li>{{/examinations}}</ul>{{/examined}}
    {{#hasParts}}<h3>Cost breakdown</h3><dl class="pairs small">{{#parts}}<dt>{{label}}</dt><dd class="number">{{value}}</dd>{{/parts}}<dt><b>Total</b></dt><dd class="number"><b>{{spent}}</b></dd></dl>{{/hasParts}}
    </section>{{/cost}}
    <section class="card" aria-labelledby="conf-h"><h2 id="conf-h">Configuration</h2><dl class="pairs small">{{#facts}}<dt>{{label}}</dt><dd>{{value}}{{#at}}{{>time}}{{/at}}</dd>{{/facts}}</dl></section>
    </div></div>
    </div>
    {{#curve}}<section class="card" aria-labelledby="loss-h"><div class="card-head"><h2 id="loss-h">Loss curves</h2><span class="actions"><a href="/dashboard/help/loss-curves">Reading them</a><a href="{{path}}/curves.png?{{query}}">Export PNG</a></span></div>
    <figure class="curve" data-curve="{{path}}/curves.svg?{{query}}"><form class="curve-tools" method="get" action="{{path}}">
    <div><label for="c-from">From step</label><input id="c-from" name="from" inputmode="numeric" value="{{from}}"></div><div><label for="c-to">To step</label><input id="c-to" name="to" inputmode="numeric" value="{{to}}"></div>
    <div><label for="c-smooth">Smoothing (0-1)</label><input id="c-smooth" name="smoothing" inputmode="decimal" value="{{smoothing}}"></div>
    <div><label for="c-scale">Scale</label><select id="c-scale" name="scale"><option value="linear">linear</option><option value="log"{{#isLogarithmic}} selected{{/isLogarithmic}}>logarithmic</option></select></div><button type="submit">Show</button>
    <span class="actions" data-zoom-tools hidden><button type="button" data-zoom="in">Zoom in</button><button type="button" data-zoom="out">Zoom out</button><button type="button" data-zoom="all">All</button></span></form>
    <div class="plot chart" tabindex="0" role="group" aria-label="Loss curves: arrow keys move, plus and minus zoom, 0 shows all">{{{svg}}}{{^svg}}<p class="soft" role="status">The curve of {{steps}} steps is being read.</p><div class="skeleton"></div><noscript><p>Load the page again in a moment.</p></noscript>{{/svg}}</div><output class="small soft"></output></figure></section>{{/curve}}
    {{#hasHandover}}<section class="card" id="adapters" aria-labelledby="handover-h"><h2 id="handover-h">What it hands over</h2>
    {{#handover}}{{#held}}<div class="notice bad"><p>{{held}}</p>{{#takesManager}}{{#frame.isManager}}<form method="post" action="{{path}}/delivery">{{>csrf}}<div class="field"><label for="deliver-why">Why it may go (required; the audit log keeps it)</label><textarea id="deliver-why" name="justification" maxlength="2000" required></textarea></div><button type="submit">Deliver it anyway</button></form>{{/frame.isManager}}{{^frame.isManager}}<p class="small">A manager may let it go all the same.</p>{{/frame.isManager}}{{/takesManager}}{{^takesManager}}{{#frame.canEdit}}<form method="post" action="{{path}}/delivery">{{>csrf}}<div class="field"><label for="deliver-why">Why it may go (required; the audit log keeps it)</label><textarea id="deliver-why" name="justification" maxlength="2000" required></textarea></div><button type="submit">It was reviewed: deliver it</button></form>{{/frame.canEdit}}{{/takesManager}}</div>{{/held}}
    <ul id="report">{{#entries}}<li><a{{#isPrimary}} class="button primary"{{/isPrimary}} href="{{path}}">{{label}}</a>{{#detail}} <span class="soft small">{{detail}}{{#at}}; since {{>time}}{{/at}}</span>{{/detail}}</li>{{/entries}}</ul>{{#hasOffers}}{{#frame.canEdit}}{{>link-offers}}{{/frame.canEdit}}{{/hasOffers}}{{/handover}}
    </section>{{/hasHandover}}
    <section class="card" aria-labelledby="notes-h"><h2 id="notes-h">Notes</h2>
    {{#notes}}<div class="note"><p class="soft">{{heading}}{{#at}}, {{>time}}{{/at}}{{#edited}} (edited {{>time}}){{/edited}}{{#editPath}} <a href="{{editPath}}">Edit</a>{{/editPath}}</p>{{{html}}}</div>{{/notes}}
    {{^hasNotes}}<p class="soft">No notes yet: hypothesis, expected outcomes, what was learnt.</p>{{/hasNotes}}
    {{#frame.canEdit}}<form method="post" action="{{path}}/notes">{{>csrf}}<div class="field"><label for="note">Add an update</label><textarea id="note" name="text" maxlength="2000" required></textarea><p class="hint">Markdown: **bold**, *italics*, `code`, lists, links. 2,000 characters at most.</p></div><button type="submit">Add note</button></form>{{/frame.canEdit}}
    </section>
    <p class="actions"><button type="button" id="refresh">Refresh now</button><span id="refreshed" role="status" class="soft small"></span></p>
    """#
}
