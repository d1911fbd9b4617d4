extension ComparePage {
  static let template = #"""
    <div class="head"><h1>{{title}}</h1>
    {{#hasJobs}}<div class="actions"><a class="button" href="/dashboard/compare">Choose others</a><a class="button" href="/dashboard/compare.csv?jobs={{jobs}}">Export CSV</a><a class="button" href="/api/v1/reports/comparison.pdf?jobs={{jobs}}">Export PDF report</a></div>{{/hasJobs}}</div>
    {{#problem}}<div class="notice bad" role="alert"><p class="error">{{problem}}</p><p>Choose two, three or four jobs.</p></div>{{/problem}}
    {{#hasJobs}}
    <section class="card" aria-labelledby="rec-h"><h2 id="rec-h">Recommendation</h2>
    {{#recommended}}<div class="notice good"><p><b>{{recommended}}</b></p><p>{{reason}}</p></div>{{/recommended}}{{#noRecommendation}}<p class="soft">{{noRecommendation}}</p>{{/noRecommendation}}
    {{#hasDifferences}}<ul>{{#differences}}<li>{{.}}</li>{{/differences}}</ul>{{/hasDifferences}}<p class="small soft">Quality first, then cost, then time: of the completed jobs whose validation loss is within 5% of the least, the cheapest. <a href="/dashboard/help/loss-curves">Reading loss curves</a></p></section>
    <section class="card" aria-labelledby="loss-h"><div class="card-head"><h2 id="loss-h">Loss curves</h2>{{#hasCurves}}<a href="/dashboard/compare/curves.png?{{query}}">Export PNG</a>{{/hasCurves}}</div>
    {{#hasCurves}}<figure class="curve" data-curve="/dashboard/compare/curves.svg?{{query}}"><form class="curve-tools" method="get" action="/dashboard/compare"><input type="hidden" name="jobs" value="{{jobs}}">
    <div><label for="c-curves">Curves</label><select id="c-curves" name="curves">{{#shown}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/shown}}</select></div><button type="submit">Show</button>
    <span class="actions" data-zoom-tools hidden><button type="button" data-zoom="in">Zoom in</button><button type="button" data-zoom="out">Zoom out</button><button type="button" data-zoom="all">All</button></span></form>
    <div class="plot chart" tabindex="0" role="group" aria-label="Loss curves of the jobs: arrow keys move, plus and minus zoom, 0 shows all">{{{svg}}}</div><output class="small soft"></output></figure>{{/hasCurves}}
    {{^hasCurves}}<p class="soft">Nothing was measured in these jobs.</p>{{/hasCurves}}</section>
    <section class="card" aria-labelledby="met-h"><h2 id="met-h">Metrics</h2><div class="scroll" tabindex="0" role="region" aria-label="Table of metrics"><table class="tight"><caption>The best of the completed jobs in each column is marked</caption><thead><tr><th scope="col">Job</th><th scope="col">Status</th><th scope="col" class="number">Final Training Loss</th><th scope="col" class="number">Final Validation Loss</th><th scope="col" class="number">Perplexity</th><th scope="col" class="number">Duration</th><th scope="col" class="number">Cost</th><th scope="col">GPU Type</th><th scope="col">Preset</th></tr></thead><tbody>
    {{#rows}}<tr><th scope="row" class="wide-name"><a href="/dashboard/training-jobs/{{id}}">{{name}}</a> <span class="soft small">{{id}}</span>{{#frame.canEdit}}<br><a class="small" href="/dashboard/templates?from={{id}}#add">Save as template<span class="hidden"> {{name}}</span></a>{{/frame.canEdit}}</th><td>{{>badge}}</td>{{#cells}}<td class="number{{#isBest}} best{{/isBest}}">{{text}}{{#isBest}}<span class="hidden"> (best)</span>{{/isBest}}</td>{{/cells}}<td>{{gpu}}</td><td>{{preset}}</td></tr>
    {{/rows}}</tbody></table></div></section>
    <section class="card" aria-labelledby="conf-h"><h2 id="conf-h">Configuration</h2><div class="scroll" tabindex="0" role="region" aria-label="Table of configurations"><table class="tight"><caption>What differs stands first, and is marked</caption><thead><tr><th scope="col">Setting</th>{{#rows}}<th scope="col">{{name}}</th>{{/rows}}</tr></thead><tbody>
    {{#settings}}<tr{{#differs}} class="differs"{{/differs}}><th scope="row">{{name}}{{#differs}}<span class="hidden"> (differs)</span>{{/differs}}</th>{{#values}}<td>{{.}}</td>{{/values}}</tr>
    {{/settings}}</tbody></table></div></section>
    {{/hasJobs}}
    {{^hasJobs}}
    {{#hasCandidates}}<form class="card" id="choose" method="get" action="/dashboard/compare" data-select><fieldset><legend>Which jobs? Two to four of them</legend>
    {{#candidates}}<label class="check"><input type="checkbox" name="job" value="{{id}}"{{#isChosen}} checked{{/isChosen}}> <span>{{name}} <span class="soft small">{{detail}}</span></span></label>{{/candidates}}</fieldset>
    <div class="actions"><button class="primary" type="submit" data-least="2" data-most="4">Compare Selected</button><span class="soft small" data-count></span></div><p class="small soft">The newest that have trained. For older ones filter the <a href="/dashboard/training-jobs">list of jobs</a> and tick them there.</p></form>{{/hasCandidates}}
    {{^hasCandidates}}<div class="card empty"><h2>Nothing to compare yet</h2><p>Two jobs have to have trained first. Try one file with two presets, and see here which is worth its cost.</p>{{#frame.canEdit}}<p><a class="button primary" href="/dashboard/training-jobs/new">New training job</a></p>{{/frame.canEdit}}</div>{{/hasCandidates}}
    {{/hasJobs}}
    """#
}
