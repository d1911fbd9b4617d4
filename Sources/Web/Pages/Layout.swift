/// The page around every page, and the pieces that several share.
enum Layout {
  static let name = "layout"

  static let partials = [
    name: page,
    "estimate": EstimatePanel.partial, "defect": DefectCard.partial,
    "filters": JobFilter.partial, "link-offers": LinksPage.offersPartial, "settings-tabs": SettingsTab.partial,
    "preset-proposal": PresetsPage.partial,
    "time": #"<time datetime="{{iso}}">{{text}}</time>"#,
    "badge": #"<span class="badge {{status}}">{{statusText}}</span>"#,
    "csrf": #"<input type="hidden" name="_csrf" value="{{frame.formToken}}">"#,
  ]

  // The theme's script is in the head and not deferred: it has chosen before anything is painted.
  private static let page = #"""
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{{frame.title}} · lora-train</title>
    <link rel="icon" href="{{icon}}" type="image/svg+xml">
    {{#frame.styles}}<link rel="stylesheet" href="{{.}}">
    {{/frame.styles}}
    <script src="{{theme}}"></script>
    {{#frame.scripts}}<script src="{{.}}" defer></script>
    {{/frame.scripts}}
    </head>
    <body>
    <a class="skip" href="#main">Skip to the content</a>
    <div class="frame">
    <header class="side" id="navigation">
    <div class="side-inner">
    <a class="brand" href="/dashboard/training-jobs"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 18 9 10l4 5 8-11" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/><circle cx="21" cy="4" r="2.2" fill="currentColor"/></svg>lora-train</a>
    <a class="menu-button" href="#navigation">Menu</a><a class="menu-close" href="#main">Close</a>
    <form class="find" method="get" action="/dashboard/search" role="search" aria-label="Everything"><label class="hidden" for="find">Search everything</label><input id="find" name="q" type="search" placeholder="Search everything" maxlength="400" aria-keyshortcuts="/"></form>
    <nav aria-label="Pages">
    {{#frame.groups}}<div><p>{{label}}</p><ul>
    {{#links}}<li><a href="{{path}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{label}}</a></li>
    {{/links}}</ul></div>
    {{/frame.groups}}
    </nav>
    <div class="who">
    <span>{{#frame.person}}Signed in as <b>{{frame.person}}</b> ({{frame.role}}){{/frame.person}}</span>
    <button type="button" id="theme" hidden>Dark theme</button>
    <form method="post" action="/sign-out">{{>csrf}}<button type="submit">Sign out</button></form>
    </div>
    </div>
    </header>
    <main id="main" tabindex="-1"{{#frame.feed}} data-feed="{{frame.feed}}"{{/frame.feed}}>
    {{#frame.banners}}<div class="notice {{kind}}" role="status"><p>{{text}}{{#path}} <a href="{{path}}">Show</a>{{/path}}</p></div>
    {{/frame.banners}}
    {{{main}}}
    <p class="foot">Store {{frame.store}}. Times are UTC where the browser runs no scripts, else your own. Money is US dollars.</p>
    </main>
    </div>
    </body>
    </html>
    """#.replacing("{{theme}}", with: PageAssets.path("theme.js")).replacing(
      "{{icon}}", with: PageAssets.path("icon.svg"))
}
