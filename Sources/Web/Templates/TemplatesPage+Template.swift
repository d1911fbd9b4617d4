extension TemplatesPage {
  static let template = #"""
    <div class="head"><h1>{{title}}</h1></div>
    {{#from}}{{#frame.canEdit}}<form class="card" id="add" method="post" action="/dashboard/templates">{{>csrf}}<input type="hidden" name="from" value="{{from}}"><h2>Save as template</h2><p>From {{fromText}}</p>
    <div class="field"><label for="name">Template name (required)</label><input id="name" name="name" minlength="3" maxlength="100" required placeholder="Production Financial Advisory - High Quality"></div>
    <div class="field"><label for="purpose">Description</label><input id="purpose" name="purpose" maxlength="500"></div>
    <div class="fields"><div class="field"><label for="visibility">Visibility</label><select id="visibility" name="visibility"><option value="team">Team (shared across workspace)</option><option value="private">Private (my templates)</option></select></div>
    <div class="field"><label for="tags">Tags</label><input id="tags" name="tags"><p class="hint">Separated by commas</p></div></div><button class="primary" type="submit">Save template</button></form>{{/frame.canEdit}}{{/from}}
    <form class="card" method="get" action="/dashboard/templates" role="search" aria-label="Filter templates"><div class="filters">
    {{#selects}}<div><label for="f-{{name}}">{{label}}</label><select id="f-{{name}}" name="{{name}}">{{#choices}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/choices}}</select></div>{{/selects}}
    <div class="actions"><button type="submit">Apply</button>{{#isFiltered}}<a href="/dashboard/templates">Clear</a>{{/isFiltered}}</div></div></form>
    <div class="half">{{#cards}}<section class="card"><div class="card-head"><h2>{{name}}</h2><span class="badge">{{visibility}}</span></div><p>{{purpose}}</p>
    <dl class="pairs small"><dt>Configuration</dt><dd>{{summary}}</dd><dt>Usage count</dt><dd>{{uses}}</dd><dt>Success rate</dt><dd>{{success}}</dd><dt>Average cost</dt><dd>{{cost}}</dd><dt>Average duration</dt><dd>{{duration}}</dd><dt>Average final loss</dt><dd>{{loss}}</dd><dt>Created by</dt><dd>{{creator}}{{#created}}, {{>time}}{{/created}}</dd><dt>Tags</dt><dd>{{tags}}</dd></dl>
    {{#frame.canEdit}}<div class="actions"><a class="button" href="/dashboard/training-jobs/new?{{query}}">Start from Template<span class="hidden"> {{name}}</span></a></div>
    {{#isOwn}}<details class="fold" id="{{id}}"><summary>Edit or delete<span class="hidden"> {{name}}</span></summary><form method="post" action="/dashboard/templates/edit">{{>csrf}}<input type="hidden" name="name" value="{{name}}">
    <div class="field"><label for="{{id}}-purpose">Description</label><input id="{{id}}-purpose" name="purpose" maxlength="500" value="{{purpose}}"></div>
    <div class="fields"><div class="field"><label for="{{id}}-visibility">Visibility</label><select id="{{id}}-visibility" name="visibility"><option value="team">Team</option><option value="private"{{^isShared}} selected{{/isShared}}>Private</option></select></div><div class="field"><label for="{{id}}-tags">Tags</label><input id="{{id}}-tags" name="tags" value="{{tags}}"></div></div><button type="submit">Save<span class="hidden"> {{name}}</span></button></form><hr>
    <form method="post" action="/dashboard/templates/remove">{{>csrf}}<input type="hidden" name="name" value="{{name}}"><label class="check"><input type="checkbox" name="confirmed" value="yes" required> Delete it for good; jobs that were made from it stay</label><button class="danger" type="submit">Delete<span class="hidden"> {{name}}</span></button></form></details>{{/isOwn}}{{/frame.canEdit}}</section>{{/cards}}</div>
    {{^hasCards}}<div class="card empty"><h2>No template is like that</h2><p><a href="/dashboard/templates">Show all of them</a>, or open a job that went well and choose “Save as template”: the next one starts where it did.</p></div>{{/hasCards}}
    """#
}
