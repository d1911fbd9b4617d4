import Foundation
import HTTPTypes
import Hummingbird
import Journal
import Live

/// What pages are made from, and how they go out.
struct PageDesk: Sendable {
  let runner: LiveRunner
  let storePath: String
  let signIn: SignIn
  let advice: WebServer.Advice
  let finals: FinalShelf
  /// nil: nothing is kept of what jobs hand over.
  let artifacts: ArtifactShelf?
  let replays: ReplayShelf
  let curves: CurveShelf
  let hours: SpotHours
  let trends: TrendShelf
  /// nil: no Slack channel is configured.
  let slack: SlackPost?
  let pods: PodShelf
  let signed: LinkDeeds
  let defects = DefectShelf()
  var links = WebServer.Links()

  init(
    runner: LiveRunner, storePath: String, signIn: SignIn, advice: WebServer.Advice, finals: FinalShelf,
    curves: CurveShelf, replays: ReplayShelf, signed: LinkDeeds, slack: SlackPost? = nil
  ) {
    (self.slack, self.signed) = (slack, signed)
    (self.runner, self.storePath, self.signIn, self.advice) = (runner, storePath, signIn, advice)
    (self.finals, self.curves, self.replays, self.artifacts) = (finals, curves, replays, signed.shelf)
    (hours, trends, pods) = (
      SpotHours(runner.catalogue), TrendShelf(runner.catalogue), PodShelf(runner.catalogue)
    )
  }

  var catalogue: Catalogue { runner.catalogue }

  func answer(
    _ page: some Page, _ request: Request, _ context: LiveContext, status: HTTPResponse.Status = .ok
  ) async -> Response {
    let notice = request.uri.queryParameters.get("notice").flatMap(Notice.init)
    let told = page is NotificationsPage ? [] : NotificationsPage.unseen(by: context.person, catalogue)
    let frame = Frame(page, await runner.view, context, notice: notice?.banner, told: told)
    return Reply.html(PageLibrary.render(page, frame), status)
  }

  /// What the page says that comes after a form: only these words can be asked for in an address.
  enum Notice: String {
    case saved, added, removed, cancelled, paused, resumed, promoted, overridden, answered, noted, asked, approved,
      rejected
    case limit, selected, revoked, hidden, shown, preset, retried, delivered, password, ended, drafted

    var banner: Frame.Banner {
      let text =
        switch self {
        case .saved: "Saved."
        case .added: "Added."
        case .drafted:
          "Kept as a draft. Its configuration stands below until it is started; nothing is set aside for it."
        case .removed: "Removed."
        case .cancelled:
          "Job cancelled. Its GPU instance is being terminated; the final cost stands below once that is seen."
        case .paused: "The job saves a checkpoint and lets its GPU instance go. Nothing is paid while it is paused."
        case .resumed: "The job waits for a GPU instance and goes on from its last checkpoint."
        case .promoted: "The job is at the front of the queue."
        case .overridden: "The job was let through, beyond the limit. The audit log says who and why."
        case .answered: "Answered."
        case .noted: "The note was added."
        case .asked: "A manager has been asked; the request stands below until it is decided."
        case .approved: "Approved: the new limit holds from now on."
        case .rejected: "Rejected."
        case .preset: "Accepted: new jobs have the new values from now on."
        case .limit: "The budget limit was changed."
        case .hidden: "Deleted from the lists. “Hidden jobs” in the filter finds them again."
        case .delivered: "The model may go now. The audit log says who and why."
        case .retried: "It is sent again within a minute."
        case .shown: "Shown in the lists again."
        case .password: "The password was changed. Your other sessions have ended."
        case .ended: "Ended: whoever was signed in there is not any more."
        case .revoked: "The link leads nowhere any more."
        case .selected: "Done for all that were selected and could be."
        }
      return Frame.Banner(kind: "good", text: text)
    }
  }
}

/// What went wrong, as a page.
struct PageProblems: RouterMiddleware {
  let desk: PageDesk

  func handle(
    _ request: Request, context: LiveContext, next: (Request, LiveContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let problem as Problem {
      let referer = request.method == .post ? request.headers[.referer] : nil
      return await desk.answer(ProblemPage(problem, from: referer), request, context, status: problem.status)
    }
  }
}
