extension JobFilter {
  /// The form above a list of jobs; `filter` and `isFiltered` stand around it.
  static let partial = #"""
    <form class="card" method="get" action="{{filter.path}}" role="search" aria-label="Filter jobs">
    {{#filter.kept}}<input type="hidden" name="{{name}}" value="{{value}}">{{/filter.kept}}
    <details class="narrow" open data-narrow><summary>Filters{{#isFiltered}} (in use){{/isFiltered}}</summary><div class="filters">
    <div class="wide"><label for="search">Search name, notes, tags</label><input id="search" name="search" type="search" value="{{filter.search}}"></div>
    {{#filter.selects}}<div><label for="f-{{name}}">{{label}}</label><select id="f-{{name}}" name="{{name}}">
    {{#choices}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/choices}}
    </select></div>
    {{/filter.selects}}
    <div><label for="f-from">From</label><input id="f-from" name="from" type="date" value="{{filter.from}}"></div>
    <div><label for="f-until">Until, that day included</label><input id="f-until" name="until" type="date" value="{{filter.until}}"></div>
    <div class="actions"><button type="submit">Apply</button>{{#isFiltered}}<a href="{{filter.path}}">Clear</a>{{/isFiltered}}</div>
    </div></details></form>
    """#
}

extension JobsPage {
  static let template = #"""
    <div class="head"><h1>{{title}}</h1>
    <div class="actions"><a class="button" href="/dashboard/compare">Compare Jobs</a><a class="button" href="{{csvPath}}">Export CSV</a>{{#frame.canEdit}}<a class="button primary" href="/dashboard/training-jobs/new">New training job</a>{{/frame.canEdit}}</div></div>
    {{>filters}}
    <form id="bulk" method="post" action="/dashboard/training-jobs/bulk" data-select>{{>csrf}}</form>
    <section class="card" id="jobs" data-live="15" aria-label="Jobs">
    {{#hasRows}}
    <div class="scroll" tabindex="0" role="region" aria-label="Table of jobs"><table>
    <caption>{{from}} to {{to}} of {{total}}, which have cost {{totalCost}} in all</caption>
    <thead><tr><th scope="col"><span class="hidden">Select</span></th>
    {{#columns}}<th scope="col"{{#isNumber}} class="number"{{/isNumber}}{{#order}} aria-sort="{{order}}"{{/order}}>{{#path}}<a href="{{path}}">{{label}}</a>{{/path}}{{^path}}{{label}}{{/path}}</th>
    {{/columns}}</tr></thead>
    <tbody>
    {{#rows}}<tr>
    <td><input type="checkbox" name="job" value="{{id}}" form="bulk" aria-label="Select {{name}}"></td>
    <th scope="row" class="wide-name"><a href="/dashboard/training-jobs/{{id}}">{{name}}</a> <span class="soft small">{{id}}</span></th>
    <td>{{>badge}}{{#note}}<br><span class="soft small">{{note}}</span>{{/note}}</td>
    <td>{{configuration}}</td><td class="nowrap">{{#initials}}<span class="avatar" aria-hidden="true">{{initials}}</span> {{/initials}}{{creator}}</td>
    <td>{{#started}}{{>time}}{{/started}}{{^started}}<span class="soft">not yet</span>{{/started}}</td>
    <td class="number">{{duration}}{{#paused}}<br><span class="soft small">{{paused}}</span>{{/paused}}</td><td class="number">{{cost}}</td>
    <td class="nowrap">{{#frame.canEdit}}{{#isOver}}<a href="/dashboard/training-jobs/{{id}}/retry">Retry</a>{{/isOver}}{{^isOver}}<a href="/dashboard/training-jobs/{{id}}/cancel">Cancel</a>{{/isOver}}{{/frame.canEdit}}</td>
    </tr>
    {{/rows}}</tbody></table></div>
    {{/hasRows}}
    {{^hasRows}}<div class="empty">
    {{#isFiltered}}<h2>No job is like that</h2><p>Take a filter away, or <a href="/dashboard/training-jobs">show all jobs</a>.</p>{{/isFiltered}}
    {{^isFiltered}}<h2>No training job yet</h2><p>Upload a training file, choose a preset, see what it would cost, and start.</p>{{#frame.canEdit}}<p><a class="button primary" href="/dashboard/training-jobs/new">Make the first training job</a></p>{{/frame.canEdit}}{{/isFiltered}}
    </div>{{/hasRows}}
    </section>
    {{#hasRows}}<div class="pager">
    <div class="actions">{{#frame.canEdit}}<button class="danger" form="bulk" name="action" value="cancel">Cancel selected</button><button class="danger" form="bulk" name="action" value="hide">Delete selected</button>{{/frame.canEdit}}
    <button form="bulk" formaction="/dashboard/compare" data-least="2" data-most="4">Compare Selected</button><span class="soft small" data-count></span></div>
    <nav class="actions" aria-label="Pages of the list">{{#previousPath}}<a class="button" href="{{previousPath}}">Previous</a>{{/previousPath}}
    {{#nextPath}}<a class="button" href="{{nextPath}}">Next</a>{{/nextPath}}</nav>
    </div>{{/hasRows}}
    """#
}
