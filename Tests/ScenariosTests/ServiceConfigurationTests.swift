import DiscreteEvent
import Engine
import Scenarios
import Testing

/// `lora-train.yaml`: what is read, and how what is wrong is said.
@Suite struct ServiceConfigurationTests {
  @Test func everythingIsRead() throws {
    let own = try ServiceConfigurationReader.decode(
      text: """
        version: 1
        provider: runpod
        public_url: https://train.example.com
        serve: {host: 0.0.0.0, port: 9000, slots: 4, budget: 500.50, budget_period: rolling_30_days, budget_time_zone: Europe/Berlin, max_queued: 5, policy: "uniform_progress:30h",
                policies: {max_interruptions: unlimited, max_failed_recoveries: 3, answer_deadline: 2h, unanswered: fail},
                provisioning: {retry_every: 1m, give_up_after: 20m, then: on_demand}, reservation: 0.9}
        runpod:
          api_base_url: http://127.0.0.1:8089
          api_key: rpa_x
          gpu: NVIDIA H100 NVL
          image: an/image:1
          cloud: community
          data_centers: [EU-RO-1, US-KS-2]
          disk_gb: 200
          network_volume: {id: vol1}
          spot: false
        slurm: {hourly_rate: 2.10, worker_python: /venv/bin/python, worker_settings: model.json}
        sandbox: {seed: 7, interruptions: never, provisioning: 30s, stock_outs: 0.1, balance: 20}
        objects:
          s3: {endpoint: https://p.supabase.co/storage/v1/s3, region: eu-west-1, access_key: a, secret_key: s}
          keep_checkpoints: 7d
          price_per_gb_month: 0.021
        hugging_face: {token: hf_x}
        branding: {name: Bright Run, colour: "#102A43"}
        editor_link_template: https://app.example/conversations/{conversation_id}
        support: help@brightrun.ai
        """)
    #expect(own.provider == .runPod)
    #expect(own.publicURL == "https://train.example.com")
    #expect(own.serve.budget == 500_500_000_000)
    #expect(own.serve.budgetPeriod == .rolling30Days && own.serve.maxQueued == 5)
    #expect(own.serve.policy == .uniformProgress(deadline: 108_000) && own.serve.reservation == 0.9)
    let rules = own.serve.policies.applied(to: Policies())
    #expect(rules.maxInterruptions == .max && rules.maxFailedRecoveries == 3 && rules.afterRecoveries == .ask)
    #expect(rules.answerDeadline == .hours(2) && rules.afterSilence == .fail)
    #expect(rules.provisioningRetryEvery == .minutes(1) && rules.provisioningGiveUpAfter == .minutes(20))
    #expect(rules.afterProvisioning == .onDemand && rules.maxQueued == Policies().maxQueued)
    #expect(own.runPod.dataCenters == ["EU-RO-1", "US-KS-2"])
    #expect(own.runPod.isCommunity == true)
    #expect(own.runPod.volume?.path == "/workspace")
    #expect(own.slurm.workerPython == "/venv/bin/python" && own.slurm.workerSettings == "model.json")
    #expect(own.sandbox.interruptions == .some(nil))
    #expect(own.sandbox.provisioning == .constant(30))
    #expect(own.huggingFaceToken == "hf_x")
    #expect(own.objects.s3?.endpoint == "https://p.supabase.co/storage/v1/s3")
    #expect(own.objects.s3?.bucket == "model-artifacts" && own.objects.s3?.checkpointBucket == "training-checkpoints")
    #expect(own.objects.keepCheckpoints == .days(7) && own.objects.keepArtifacts == nil)
    #expect(own.objects.pricePerGigabyteMonth == 21_000_000)
    #expect(own.branding.name == "Bright Run" && own.serve.budgetTimeZone == "Europe/Berlin")
    #expect(own.editorLinkTemplate == "https://app.example/conversations/{conversation_id}")
    #expect(own.support == "help@brightrun.ai" && own.notifications.support == own.support)
    #expect(own.branding.colour == "#102A43")
  }

  /// Slack's bot is configured as its webhooks are, and its token is said nowhere.
  @Test func slacksBotIsRead() throws {
    func slack(_ text: String) throws -> ServiceConfiguration.Notifications {
      try ServiceConfigurationReader.decode(text: "version: 1\nnotifications: {slack: {\(text)}}\n").notifications
    }
    let bot = try slack("bot_token: xoxb-1-a")
    #expect(bot.slackToken == "xoxb-1-a" && bot.slackAPI == "https://slack.com/api" && bot.holdsSecrets)
    #expect(try slack("bot_token: xoxb-1-a, api: 'http://127.0.0.1:80/api/'").slackAPI == "http://127.0.0.1:80/api")
    let both = try slack("bot_token: xoxb-1-a, channels: {ops: 'https://hooks.slack.com/services/x'}")
    #expect(both.slackChannel == "ops" && both.slackToken != nil)
    #expect(try slack("channels: {direct: 'https://hooks.slack.com/services/x'}").slackChannel == "direct")
    for (text, part) in [
      ("bot_token: xoxp-1-a", "begins with xoxb-"), ("bot_token: 'xoxb-1 a'", "begins with xoxb-"),
      ("bot_token: xoxb-1-a, api: 'http://slack.example/api'", "https://"), ("budget_channel: ops", "lacks channels"),
      ("bot_token: xoxb-1-a, budget_channel: ops", "ops"),
      ("bot_token: xoxb-1-a, channels: {direct: 'https://hooks.slack.com/services/x'}", "stands for direct messages"),
    ] {
      let error = #expect(throws: InputError.self) { try slack(text) }
      #expect(
        error.map { "\($0)".contains(part) && !"\($0)".contains("-1") } == true, "\(text): \(String(describing: error))"
      )
    }
  }

  @Test(arguments: [
    ("version: 1\nrunpd: {}\n", 2, 1, "runpod"), ("version: 1\nrunpod:\n  gpus: x\n", 3, 3, "gpu"),
    ("version: 1\nprovider: aws\n", 2, 11, ""), ("version: 1\nserve: {port: 70000}\n", 2, 15, ""),
    ("version: 1\nserve: {budget_period: weekly}\n", 2, 24, ""),
    ("version: 1\nserve: {policy: on_demand}\n", 2, 17, ""),
    ("version: 1\nserve: {reservation: 0.2}\n", 2, 22, ""),
    ("version: 1\nserve: {policies: {max_failed_recoveries: -1}}\n", 2, 43, ""),
    ("version: 1\npublic_url: train.example.com\n", 2, 13, ""), ("version: 2\n", 1, 10, ""),
    ("version: 1\npublic_url: https://train.example.com/\n", 2, 13, ""),
    ("version: 1\nsandbox: {stock_outs: 2}\n", 2, 23, ""), ("version: 1\nrunpod: {spot: perhaps}\n", 2, 16, ""),
    ("version: 1\nobjects: {s3: {endpoint: s3.example.com}}\n", 2, 26, ""),
    ("version: 1\nobjects: {s3: {}}\n", 2, 15, ""),
    ("version: 1\nobjects: {keep: 3d}\n", 2, 11, "keep_artifacts"),
    ("version: 1\nbranding: {colour: red}\n", 2, 20, ""),
    ("version: 1\neditor_link_template: https://app.example/\n", 2, 23, "{conversation_id}"),
    ("version: 1\neditor_link_template: 'javascript:{conversation_id}'\n", 2, 23, ""),
    ("version: 1\nsupport: somebody\n", 2, 10, ""),
    ("version: 1\nserve: {budget_time_zone: Europe/Berln}\n", 2, 27, "Europe/Berlin"),
  ])
  func whatIsWrongIsNamedWithItsPlace(text: String, line: Int, column: Int, hint: String) {
    let error = #expect(throws: InputError.self) {
      try ServiceConfigurationReader.decode(text: text, file: "lora-train.yaml")
    }
    #expect(error?.line == line)
    #expect(error?.column == column)
    #expect(hint.isEmpty || error?.hint?.contains(hint) == true, "\(error?.hint ?? "no hint")")
  }
}
