extension NewJobPage {
  static let template = #"""
    <div class="head"><h1>{{title}}</h1>{{#draftOf}}<div class="actions"><a class="button" href="/dashboard/training-jobs/{{draftOf}}">The draft</a></div>{{/draftOf}}</div>
    {{#problem}}<div class="notice bad" role="alert"><p class="error">{{problem}}</p>{{#hint}}<p>{{hint}}</p>{{/hint}}</div>{{/problem}}
    {{#retryText}}<div class="notice"><p>Original job: {{retryText}}</p>
    {{#hasChanges}}<ul>{{#changes}}<li><code>{{name}}</code>: <del>{{from}}</del> → <ins>{{to}}</ins></li>{{/changes}}</ul>{{/hasChanges}}
    {{^hasChanges}}<p>The same configuration again.</p>{{/hasChanges}}</div>{{/retryText}}
    <form method="post" action="/dashboard/training-jobs/review" data-estimate="/dashboard/training-jobs/estimate">{{>csrf}}
    {{#draftOf}}<input type="hidden" name="draft_of" value="{{draftOf}}">{{/draftOf}}{{#retryOf}}<input type="hidden" name="retry_of" value="{{retryOf}}">{{/retryOf}}{{#resumeOf}}<input type="hidden" name="resume_of" value="{{resumeOf}}">{{/resumeOf}}{{#examines}}<input type="hidden" name="examines" value="{{examines}}">{{/examines}}{{#fields.fix}}<input type="hidden" name="fix" value="{{fields.fix}}">{{/fields.fix}}{{#template}}<input type="hidden" name="template" value="{{template}}">{{/template}}
    <div class="two"><div>
    {{#examines}}<section class="card"><h2>What is examined</h2><p><a href="/dashboard/training-jobs/{{examines}}">{{examines}}</a>: its adapters answer, as its configuration and its training file say. Nothing is trained.</p></section>{{/examines}}
    {{^examines}}<section class="card"><h2>Training file</h2>
    <div class="field"><label for="training_file">Training file</label><select id="training_file" name="training_file">{{#files}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/files}}</select>
    <p class="hint">{{^hasFiles}}There is none yet. {{/hasFiles}}<a href="/dashboard/files?then=new">Upload a training file</a> · <a href="/dashboard/help/training-files">What a file has to hold</a></p></div>
    <div id="file" aria-live="polite">{{#file}}<dl class="pairs small"><dt>In it</dt><dd>{{summary}}</dd><dt>Quality</dt><dd>{{quality}}</dd><dt>Human review</dt><dd>{{reviewed}}</dd><dt>Scaffolding</dt><dd>{{scaffolding}}</dd></dl>{{/file}}
    {{^file}}<div class="fields"><div class="field"><label for="pairs">Training pairs</label><input id="pairs" name="pairs" inputmode="numeric" value="{{fields.pairs}}" placeholder="2600"></div>
    <div class="field"><label for="tokens_per_pair">Tokens per pair</label><input id="tokens_per_pair" name="tokens_per_pair" inputmode="decimal" value="{{fields.tokens_per_pair}}" placeholder="3400"></div></div>{{/file}}</div>
    </section>
    <section class="card"><fieldset><legend>Hyperparameter preset</legend><div class="cards">
    {{#presets}}<label class="choice"><input type="radio" name="preset" value="{{value}}"{{#isChosen}} checked{{/isChosen}}>{{{icon}}}<b>{{label}}</b>{{description}}<span class="soft mono">{{values}}</span>{{#figures}}<span class="soft">{{.}}</span>{{/figures}}<span class="soft">{{risk}}</span></label>{{/presets}}
    </div></fieldset><p class="small"><a href="/dashboard/help/lora-hyperparameters">Understanding LoRA Hyperparameters</a></p></section>{{/examines}}
    <section class="card"><fieldset><legend>GPU</legend><div class="cards">
    {{#pricings}}<label class="choice"><input type="radio" name="pricing" value="{{value}}"{{#isChosen}} checked{{/isChosen}}{{#isDisabled}} disabled{{/isDisabled}}>{{{icon}}}<b>{{label}}</b>{{description}}<span class="soft">{{values}}</span>{{#figures}}<span class="soft">{{.}}</span>{{/figures}}<span class="soft">{{risk}}</span></label>{{/pricings}}
    </div></fieldset><p class="small"><a href="/dashboard/help/spot-instances">Spot and on-demand instances</a> · <a href="/dashboard/help/cost-optimization">Cost optimization</a></p></section>
    {{^examines}}<section class="card"><details class="fold"><summary>Adjust hyperparameters</summary><p class="soft">Empty: as the preset has it.</p><div class="fields">
    {{#settings}}<div class="field"><label for="{{name}}">{{label}}</label><input id="{{name}}" name="{{name}}" inputmode="decimal" value="{{value}}" placeholder="{{usual}}" aria-describedby="{{name}}-help"><p class="hint" id="{{name}}-help">{{help}}</p></div>{{/settings}}
    </div></details></section>{{/examines}}
    <section class="card"><h2>What it is</h2>
    <div class="field"><label for="name">Job name</label><input id="name" name="name" value="{{fields.name}}" maxlength="100" placeholder="{{^examines}}[Training File Name] - [Preset] - [Date]{{/examines}}{{#examines}}Examination of {{examines}}{{/examines}}"></div>
    <div class="field"><label for="purpose">Description</label><input id="purpose" name="purpose" value="{{fields.purpose}}" maxlength="500" placeholder="Document the purpose of this training run"></div>
    <div class="field"><label for="notes">Notes</label><textarea id="notes" name="notes" maxlength="2000" placeholder="Document your experiment: hypothesis, expected outcomes, variables being tested">{{fields.notes}}</textarea></div>
    <fieldset><legend>Tags</legend><div class="checks">{{#tags}}<label class="check"><input type="checkbox" name="tag" value="{{value}}"{{#isChosen}} checked{{/isChosen}}> {{label}}</label>{{/tags}}</div></fieldset>
    <fieldset><legend>Validation</legend><div class="checks">{{#suites}}<label class="check"><input type="checkbox" name="suite" value="{{value}}"{{#isChosen}} checked{{/isChosen}}> {{label}}</label>{{/suites}}</div><p class="hint">{{^examines}}After training the pod answers them with base and trained model; that time is billed. They need a training file.{{/examines}}{{#examines}}The pod answers them with base and trained model.{{/examines}} <a href="/dashboard/suites">Suites</a></p></fieldset>
    <div class="fields"><div class="field"><label for="own_tags">Tags of your own</label><input id="own_tags" name="own_tags" value="{{fields.own_tags}}"><p class="hint">Separated by commas</p></div>
    <div class="field"><label for="client">Client</label><input id="client" name="client" value="{{fields.client}}" list="clients"><datalist id="clients">{{#clients}}<option value="{{.}}"></option>{{/clients}}</datalist></div>
    <div class="field"><label for="project">Project</label><input id="project" name="project" value="{{fields.project}}" list="projects"><datalist id="projects">{{#projects}}<option value="{{.}}"></option>{{/projects}}</datalist></div>
    <div class="field"><label for="max_cost">Stop at this cost ($)</label><input id="max_cost" name="max_cost" inputmode="decimal" value="{{fields.max_cost}}"><p class="hint">Optional; what is {{^examines}}trained until then is published{{/examines}}{{#examines}}answered until then is kept{{/examines}}.</p></div></div>
    </section>
    </div>
    <aside class="sticky card" aria-label="Estimate"><h2>Estimate</h2><div id="estimate" aria-live="polite">{{#estimate}}{{>estimate}}{{/estimate}}</div><p class="small"><a href="/dashboard/help/estimates">How estimates are made</a></p>
    <div class="actions"><b id="sum">{{#estimate}}{{cost}}{{/estimate}}</b><button class="primary" type="submit">Review &amp; Start {{^examines}}Training{{/examines}}{{#examines}}Examination{{/examines}}</button><button type="submit" formaction="/dashboard/training-jobs/estimate" data-without-script>Estimate</button></div>
    <div id="related">{{#hasRelated}}<hr><h2>From the knowledge base</h2><ul class="finds">{{#related}}<li><a href="/dashboard/knowledge/{{number}}">{{title}}</a><p class="soft small">{{why}}</p></li>{{/related}}</ul>{{/hasRelated}}</div></aside>
    </div></form>
    """#
}
