extension EventLogPage {
  static let template = #"""
    <p class="crumbs"><a href="/dashboard/training-jobs">Training jobs</a> / {{id}}</p>
    <div class="head"><h1>{{title}}</h1><div class="actions"><a class="button" href="{{path}}/events.csv?{{query}}">Export CSV</a><a class="button" href="{{path}}/events.json?{{query}}">Export JSON</a></div></div>
    <nav class="tabs" aria-label="Parts of the job"><a href="{{path}}">Overview</a><a href="{{path}}/events" aria-current="page">Event Log</a><a href="{{path}}/validation">Validation</a><a href="{{path}}/replay">Replay</a></nav>
    <form class="card row-form" method="get" action="{{path}}/events" role="search" aria-label="Search events">
    <div class="grow"><label for="search">Search in messages</label><input id="search" name="search" type="search" value="{{search}}"></div>
    <input type="hidden" name="type" value="{{type}}"><button type="submit">Search</button>{{#isFiltered}}<a href="{{path}}/events">Show all</a>{{/isFiltered}}</form>
    <nav class="tabs" aria-label="Types of events">{{#tabs}}<a href="{{path}}"{{#isCurrent}} aria-current="true"{{/isCurrent}}>{{label}}</a>{{/tabs}}</nav>
    <section class="card" id="log" data-live="15" data-job="{{id}}" aria-label="Events">
    {{#hasRows}}<div class="scroll" tabindex="0" role="region" aria-label="Table of events"><table><caption>{{shown}}</caption>
    <thead><tr><th scope="col">Timestamp</th><th scope="col">Event type</th><th scope="col">Message</th><th scope="col">Payload</th></tr></thead><tbody>
    {{#rows}}<tr class="event is-{{type}}"><td class="nowrap">{{#at}}{{>time}}{{/at}}</td><td><span class="badge">{{typeText}}</span></td><td class="wide-name">{{message}}</td>
    <td><details class="fold" id="{{fold}}"><summary>Show</summary><pre>{{payload}}</pre></details></td></tr>
    {{/rows}}</tbody></table></div>{{/hasRows}}
    {{^hasRows}}<div class="empty"><h2>No events</h2><p>{{#isFiltered}}None is like that: <a href="{{path}}/events">show all</a>.{{/isFiltered}}{{^isFiltered}}They appear as soon as something happens.{{/isFiltered}}</p></div>{{/hasRows}}
    </section>
    <nav class="pager" aria-label="Pages of the log"><span>{{#newerPath}}<a class="button" href="{{newerPath}}">Newer</a>{{/newerPath}}</span><span>{{#olderPath}}<a class="button" href="{{olderPath}}">Older</a>{{/olderPath}}</span></nav>
    """#
}
