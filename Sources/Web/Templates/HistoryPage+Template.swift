extension HistoryPage {
  static let template = #"""
    <div class="head"><h1>{{title}}</h1><div class="actions"><a class="button" href="{{csvPath}}">Export CSV</a><a class="button" href="/dashboard/compare">Compare Jobs</a></div></div>
    {{>filters}}
    {{#hasRows}}<div class="grid five">{{#cards}}<div class="card figure"><b>{{figure}}</b><span>{{label}}</span></div>{{/cards}}</div>{{/hasRows}}
    <section class="card" id="jobs" aria-label="Jobs">
    {{#hasRows}}
    <div class="scroll" tabindex="0" role="region" aria-label="Table of jobs"><table>
    <caption>{{from}} to {{to}} of {{total}} that are over</caption>
    <thead><tr>{{#columns}}<th scope="col"{{#isNumber}} class="number"{{/isNumber}}{{#order}} aria-sort="{{order}}"{{/order}}>{{#path}}<a href="{{path}}">{{label}}</a>{{/path}}{{^path}}{{label}}{{/path}}</th>
    {{/columns}}</tr></thead><tbody>
    {{#rows}}<tr><th scope="row" class="wide-name"><a href="/dashboard/training-jobs/{{id}}">{{name}}</a> <span class="soft small">{{id}}</span></th>
    <td>{{>badge}}</td><td>{{configuration}}</td><td>{{creator}}</td><td>{{#started}}{{>time}}{{/started}}{{^started}}<span class="soft">never</span>{{/started}}</td>
    <td class="number">{{duration}}</td><td class="number">{{cost}}</td><td class="number">{{loss}}</td></tr>
    {{/rows}}</tbody></table></div>
    <div class="pager"><span class="soft small">The best final loss first: sort by “Final loss”.</span><nav class="actions" aria-label="Pages of the list">{{#previousPath}}<a class="button" href="{{previousPath}}">Previous</a>{{/previousPath}}
    {{#nextPath}}<a class="button" href="{{nextPath}}">Next</a>{{/nextPath}}</nav></div>
    {{/hasRows}}
    {{^hasRows}}<div class="empty">
    {{#isFiltered}}<h2>No job that is over is like that</h2><p>Take a filter away, or <a href="/dashboard/history">show all of them</a>.</p>{{/isFiltered}}
    {{^isFiltered}}<h2>No job is over yet</h2><p>Once jobs complete, fail or are cancelled, they stand here with their totals and trends.</p><p><a class="button" href="/dashboard/training-jobs">See what runs</a></p>{{/isFiltered}}
    </div>{{/hasRows}}
    </section>
    {{#hasRows}}<div class="half">{{#charts}}<div class="card chart">{{{.}}}</div>{{/charts}}</div>
    <section class="card" aria-labelledby="team-h"><div class="card-head"><h2 id="team-h">Team activity</h2><a href="/dashboard/team">Team and leaderboard</a></div>
    {{#hasPeople}}<div class="scroll" tabindex="0" role="region" aria-label="Table of the team"><table><caption>Of the jobs that the filters leave; a success is a job that completed, of those that complete or fail</caption><thead><tr><th scope="col">Team member</th><th scope="col" class="number">Jobs</th><th scope="col" class="number">Success rate</th><th scope="col" class="number">Average cost</th><th scope="col" class="number">Mean final loss</th></tr></thead><tbody>
    {{#people}}<tr><th scope="row">{{person}}</th><td class="number">{{over}}</td><td class="number">{{success}}</td><td class="number">{{cost}}</td><td class="number">{{loss}}</td></tr>
    {{/people}}</tbody></table></div>{{/hasPeople}}</section>{{/hasRows}}
    """#
}
