extension HelpTopic {
  static let hyperparameters = HelpTopic(
    slug: "lora-hyperparameters", title: "Understanding LoRA Hyperparameters",
    summary: "What rank, learning rate, epochs and batch size do, and which to change first.",
    sections: [
      .init(
        heading: "What LoRA does",
        text: """
          The model's own weights stay as they are. Beside each linear layer stands a pair of small matrices, the adapter, and only these are trained. \
          For Llama-3-70B they have 12.9 million weights for each unit of rank: 207 million with r=16, which is 0.3% of the model.
          """),
      .init(
        heading: "Each of them",
        text: """
          - **Rank (r)**: how much the adapter can learn. More catches more, and overfits a small file sooner. It hardly changes how long a step takes. alpha is always 2 × r here, so the scale stays the same whatever the rank.
          - **Learning rate**: how far each step goes. Too high: the loss jumps or becomes no number. Too low: it barely falls. `1e-4` to `3e-4` is what presets use.
          - **Epochs**: how often the whole file is gone through. Time and cost grow in proportion. If the validation loss rises while the training loss falls, there were too many.
          - **Batch size**: pairs that are on the GPU at once. It decides about memory, see below.
          - **Gradient accumulation**: batches that make one step. Batch 2 × 2 trains as batch 4 × 1 does, in half the memory.
          - **Longest sequence**: in tokens. Longer pairs are cut; memory grows with it.
          """),
      .init(
        heading: "Steps",
        text: """
          `steps = epochs × ⌈training pairs ÷ (batch size × accumulation)⌉`
          Training pairs are those that are left for training: 80% of the conversations.
          """),
      .init(
        heading: "The presets",
        text: """
          As they come with lora-train; after a quarter with enough jobs a manager may have accepted other values. What holds now stands under Training Analytics, “Presets and proposals”.

          - **Conservative**: r=8, lr=1e-4, 2 epochs, batch 4 × 1. First runs, high-quality seed files. Its batch of 4 hardly fits beside sequences of 4,096 tokens: shorten them, or halve the batch.
          - **Balanced**: r=16, lr=2e-4, 3 epochs, batch 2 × 2. What most jobs should start from.
          - **Aggressive**: r=32, lr=3e-4, 4 epochs, batch 1 × 4. Complex files, when quality is worth the time.

          If you change one thing, change the epochs first: it is the cheapest experiment, and the loss curves show at once whether it was right.
          """),
    ], related: ["vram", "loss-curves", "cost-optimization"],
    sources: "Weights: counted on the model's layers. Presets: this program's.")

  static let memory = HelpTopic(
    slug: "vram", title: "Understanding VRAM Usage in LoRA Training",
    summary: "Why a job runs out of memory, and what to change so that it does not.",
    sections: [
      .init(
        heading: "What has to fit into 80 GB",
        text: """
          - **The model**: Llama-3-70B in 4 bits (NF4) takes 39.5 GB, whatever the file and the settings.
          - **The adapter with its optimizer**: about 2.5 GB with r=16 (weights in 32 bits, and two moments for each).
          - **Activations**: what is kept of each token for the way back. It grows with batch size × sequence length, and it is what decides.
          """),
      .init(
        heading: "Why the batch size matters, and the rank does not",
        text: """
          At one and the same sequence length:
          - r=32, batch 4: about 92 GB: out of memory
          - r=8, batch 4: about 87 GB: still out of memory
          - r=32, batch 2: about 70 GB: fits
          - r=16, batch 2: about 67 GB: fits
          """),
      .init(
        heading: "What to do after an out-of-memory error",
        text: """
          - Halve the **batch size** and double the **gradient accumulation**: the training is the same, in less memory.
          - Then shorten the **longest sequence**, if few pairs are that long: what is beyond it is cut off.
          - Lower the **rank** last: it saves little.

          “Retry with suggested fix” on the failed job's page does this. A fix is offered only if it is reckoned to fit. The estimate of a new job says so beforehand, and how sure it is.
          """),
    ], related: ["lora-hyperparameters", "estimates"],
    sources:
      "39.5 GB: 70,553,706,496 weights in NF4 with double quantization and bf16 embeddings. The four peaks are reckoned for one sequence length; estimates reckon with yours, and learn from what jobs report."
  )

  static let lossCurves = HelpTopic(
    slug: "loss-curves", title: "Reading loss curves and perplexity",
    summary: "What the two losses say, when to stop, and how jobs are compared.",
    sections: [
      .init(
        heading: "Two losses",
        text: """
          - **Training loss**: how surprised the model is by what it is trained on, after each step. It is noisy: look at its course.
          - **Validation loss**: the same on the fifth of the conversations that it never trains on, after each epoch. This is what counts.
          """),
      .init(
        heading: "What courses mean",
        text: """
          - Both fall: it learns. Another epoch may help.
          - Training falls, validation stands still: it has learnt what there is in the file.
          - Training falls, validation rises: it learns the file by heart. Fewer epochs, or a lower rank.
          - Neither falls: the learning rate is too low, or the file teaches nothing new.
          - Jumps, or no number: the learning rate is too high.
          """),
      .init(
        heading: "Perplexity",
        text: """
          `perplexity = exp(mean loss of a token)`: between how many equally likely tokens the model seems to hesitate. It says the same as the loss, on another scale. \
          A loss of 0.312 is a perplexity of 1.37.
          """),
      .init(
        heading: "Comparing",
        text: """
          Losses of different training files cannot be compared: another file is another exam. Compare jobs with the same file. The recommendation takes quality first, then cost, then time: \
          of the completed jobs whose validation loss is within 5% of the least, the cheapest.
          """),
    ], related: ["lora-hyperparameters", "cost-optimization"],
    sources: "Definitions; the 5% are this program's choice.")

  static let trainingFiles = HelpTopic(
    slug: "training-files", title: "Training files",
    summary: "What a file has to hold, what is checked, and what is trained on.",
    sections: [
      .init(
        heading: "What is checked",
        text: """
          A file is read as it arrives, down to each pair: that it is JSON, that each conversation has its pairs, and that each pair has its text. What is unsound is not kept, and you are told the line and the column. \
          A job takes 50 conversations or more.
          """),
      .init(
        heading: "What is trained on",
        text: """
          - 80% of the conversations; the other 20% are kept for validation. Whole conversations go to one side, so none is half known.
          - Pairs without a target response are left out.
          - Pairs longer than the longest sequence are cut.

          So the number of pairs that a job trains on is less than the file's. Estimates count what is trained on.
          """),
    ], related: ["lora-hyperparameters", "estimates"], sources: "This program's reader and worker.")
}
