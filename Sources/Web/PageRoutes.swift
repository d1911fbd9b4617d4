import Hummingbird

/// The dashboard's addresses: each page's own routes stand beside the page.
struct PageRoutes {
  let desk: PageDesk
  let notices: NoticeRoutes
  let feed: LiveFeed

  /// - Parameter router: behind whatever says who is signed in.
  func add(to router: RouterGroup<LiveContext>) {
    router.get("") { _, _ in Reply.see(Section.jobs.path) }
    let pages = router.group("dashboard").add(middleware: FeedMark(feed: feed))
      .add(middleware: PageProblems(desk: desk))
    pages.get("") { _, _ in Reply.see(Section.jobs.path) }
    JobsPage.add(to: pages, desk)
    QueuePage.add(to: pages, desk)
    NewJobRoutes(desk: desk).add(to: pages)
    JobPage.add(to: pages, desk)
    EventLogPage.add(to: pages, desk)
    DeedPage.add(to: pages, desk)
    BudgetPage.add(to: pages, desk)
    ForecastPage.add(to: pages, desk)
    CapacityPage.add(to: pages, desk)
    AccuracyPage.add(to: pages, desk)
    ReplayPage.add(to: pages, desk)
    LossCurves.add(to: pages, desk)
    FilesPage.add(to: pages, desk)
    SettingsPage.add(to: pages, desk)
    TemplatesPage.add(to: pages, desk)
    NotificationsPage.add(to: pages, desk, notices)
    SharePage.add(to: pages, desk)
    LinksPage.add(to: pages, desk)
    AccountPage.add(to: pages, desk)
    ChannelsPage.add(to: pages, desk, notices)
    RatesPage.add(to: pages, desk)
    SearchPage.add(to: pages, desk)
    KnowledgePage.add(to: pages, desk)
    HidePage.add(to: pages, desk)
    CancelPage.add(to: pages, desk)
    PersonPage.add(to: pages, desk)
    NotePage.add(to: pages, desk)
    RatingsPage.add(to: pages, desk)
    SuitesPage.add(to: pages, desk)
    ValidationPage.add(to: pages, desk)
    ComparePage.add(to: pages, desk)
    AnalyticsPage.add(to: pages, desk)
    HistoryPage.add(to: pages, desk)
    TeamPage.add(to: pages, desk)
    StoragePage.add(to: pages, desk)
    HelpPage.add(to: pages, desk)
    AttributionPage.add(to: pages, desk)
    PresetsPage.add(to: pages, desk)
  }
}
