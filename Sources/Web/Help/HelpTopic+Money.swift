extension HelpTopic {
  static let estimates = HelpTopic(
    slug: "estimates", title: "How estimates are made",
    summary: "Why an estimate is a range, what goes into it, and how good past ones were.",
    sections: [
      .init(
        heading: "What is reckoned",
        text: """
          Steps × seconds a step, and what stands around them: getting a GPU, preprocessing, loading the model, checkpoints, finalization; on spot the interruptions, the steps that they cost, and recovery. \
          Time × the hourly rate is the cost. A job is simulated many times over, and what is shown is what came of it.
          """),
      .init(
        heading: "Why a range",
        text: """
          “8 in 10” is meant literally: of ten such jobs eight should end within it, one below and one above. It is wider on spot, and where few jobs like it have run. \
          How often past estimates held is counted by `lora-train backtest`.
          """),
      .init(
        heading: "Where the figures are from",
        text: """
          From your own history as soon as there is one; before that from figures that were measured elsewhere, drawn towards yours job by job. Each estimate names its source.
          """),
    ], related: ["cost-optimization", "spot-instances", "budget"],
    sources: "This program's simulator and calibration.")

  static let costOptimization = HelpTopic(
    slug: "cost-optimization", title: "Cost optimization",
    summary: "What a training run's money goes to, and what lowers it, the most effective first.",
    sections: [
      .init(
        heading: "Where the money goes",
        text: """
          A GPU is paid for from the moment it is granted until it is gone, by the second. Every job's page splits its cost into training that was kept, set-up, checkpoints, work lost to interruptions, recovery, idle time and storage. \
          The parts add up to the total.
          """),
      .init(
        heading: "What lowers it",
        text: """
          - **Fewer epochs**: cost is proportional to them. Look at the validation loss after each: if it has stopped falling, the rest was for nothing.
          - **Spot instead of on-demand**, where it is sold and nobody waits for the job. Interruptions eat a part of what the rate saves; the budget page shows what is left.
          - **Try first**: the template “Quick Test” trains one epoch. A file that does not train is found out cheaply.
          - **A cost limit for a job** (“Stop at this cost”): what is trained until then is saved and published.
          - **Checkpoints neither too seldom nor too often**: every 100 steps is usual. Each costs some seconds; an interruption costs what came after the last one.
          - **Delete checkpoints of old jobs** under Storage: adapters are some hundred megabytes, a checkpoint with its optimizer 2.5 GB (r=16).
          """),
      .init(
        heading: "Which preset",
        text: """
          Training Analytics compares what presets really cost and how good they became. A preset is the best where its cost for each completed job is least, among those whose loss is within 5% of the least: failed jobs are paid for, too.
          """),
    ], related: ["spot-instances", "estimates", "lora-hyperparameters"],
    sources: "The ledger's accounts. Size of a checkpoint: 2.49 GB at r=16, with 32-bit weights and Adam's moments.")

  static let spotInstances = HelpTopic(
    slug: "spot-instances", title: "Spot and on-demand instances",
    summary: "What is cheaper about spot, what happens at an interruption, and when to pay for certainty.",
    sections: [
      .init(
        heading: "The difference",
        text: """
          An **on-demand** GPU is yours until you let it go. A **spot** GPU is cheaper, and the provider may take it back at any time, with seconds of notice: too short to save a checkpoint of gigabytes. \
          Not every provider sells spot: RunPod stopped in 2026. Where nobody does, jobs run on demand.
          """),
      .init(
        heading: "What happens at an interruption",
        text: """
          - It is seen by the worker's silence, its last words or the provider's list; no provider calls.
          - A new GPU is asked for at once, and every five minutes for an hour if there is none; then you are asked.
          - The job loads the model again and goes on from its last durable checkpoint. Steps after that one are trained again, and are accounted for as lost work.
          - After three interruptions it goes on on demand, if the budget allows that.
          """),
      .init(
        heading: "When they come",
        text: """
          Not evenly. Among Google's preemptible machines 0.31 an hour were taken back in their first quarter of an hour, and 0.008 an hour at an age of 20 hours. Training Analytics shows your own by the hour of the day.
          """),
      .init(
        heading: "Which to choose",
        text: """
          Spot for what is not urgent. On demand for a client's deadline, and for short jobs: they have little to save. The estimate of a new job shows both.
          """),
    ], related: ["checkpoints", "cost-optimization"],
    sources:
      "RunPod's announcement, seen 2026-09-27. Rates of interruption: a public record of Google's preemptible VMs. The rules: this service's policies as shipped."
  )

  static let checkpoints = HelpTopic(
    slug: "checkpoints", title: "Checkpoints and recovery",
    summary: "What is saved when, what is lost at an interruption, and how a job goes on.",
    sections: [
      .init(
        heading: "What is saved",
        text: """
          Adapter, optimizer, schedule and the place in the file: all that it takes to go on as if nothing had been. It is 2.5 GB with r=16, in a directory of its own, with its checksum. \
          A checkpoint counts once it is durable: in the object store, not only on the pod.
          """),
      .init(
        heading: "What is lost",
        text: """
          A job that is interrupted at step 850, with a checkpoint every 100, goes on at step 800. The 50 steps are trained again; the curves show them once. More checkpoints lose less, and cost some seconds each.
          """),
      .init(
        heading: "Going on by hand",
        text: """
          A job that failed can be tried again, from the beginning or with a suggested fix. One that was paused holds its checkpoint, and no GPU: it costs nothing but storage until it is resumed.
          """),
    ], related: ["spot-instances", "cost-optimization"], sources: "This program's worker.")

  static let budget = HelpTopic(
    slug: "budget", title: "How the budget works",
    summary: "What counts against the limit, why a job is blocked, and who may let it through.",
    sections: [
      .init(
        heading: "What counts",
        text: """
          What was spent in this month (UTC), and what is set aside for jobs that are not over. A new job has to fit into what is left: it is set aside what it may well cost, the 80th percentile of its estimate, not the middle. \
          When it ends, what it did not need is free again.
          """),
      .init(
        heading: "Blocked",
        text: """
          A job that does not fit is kept as blocked. It starts when others end cheaper than feared, a manager raises the limit, a new month begins, or a manager lets it through with a reason. All of that stands in the override log.
          """),
      .init(
        heading: "Who may",
        text: """
          Engineers ask for a higher limit, with a reason; managers decide. At 80%, 95% and 100% people are told by mail, Slack and on every page.
          """),
    ], related: ["estimates", "cost-optimization"], sources: "This program's budget gate.")

  static let adapters = HelpTopic(
    slug: "adapters", title: "Using trained adapters",
    summary: "What is in the download, how to load it, and how long links hold.",
    sections: [
      .init(
        heading: "What is in it",
        text: """
          - `adapter_model.safetensors` and `adapter_model.bin`: the same weights; libraries load the first unless told otherwise. 414 MB with r=16.
          - `adapter_config.json`: rank, alpha, layers, base model.
          - `training_summary.json`: losses, perplexity, duration, cost.
          - `README.txt`: how to load them.
          """),
      .init(
        heading: "Loading",
        text: """
          ```
          pip install transformers peft torch
          model = PeftModel.from_pretrained(base_model, "the unpacked folder")
          ```
          Llama 3 takes transformers 4.43 or newer. The deployment package holds a server around it.
          """),
      .init(
        heading: "Links and storage",
        text: """
          A link to adapters holds 24 hours, one to a package 48. Everything is kept until somebody deletes it under Storage, unless the service is configured otherwise; deletions stand in the audit log.
          """),
    ], related: ["loss-curves", "cost-optimization"],
    sources: "414 MB: 207 million weights in bf16. Formats: PEFT writes safetensors by default since 0.7.")
}
