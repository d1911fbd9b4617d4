import Calibration
import Engine

extension JobDescription {
  static let blank = JobDescription(
    ordinal: 0, id: "", name: "", configuration: JobConfiguration(preset: .custom, pricing: .spot))

  /// Writes all of it, or becomes what was written.
  mutating func code(_ coder: inout StateCoder) {
    coder.code(&ordinal)
    coder.code(&id)
    coder.code(&name)
    coder.code(&creator)
    coder.code(&client)
    coder.code(&project)
    coder.code(&baseModel)
    coder.code(&gpuType)
    coder.code(&conversations)
    configuration.code(&coder)
    coder.code(&purpose)
    coder.code(&notes)
    coder.code(&tags, blank: []) { tags, coder in coder.code(&tags, blank: "") { $1.code(&$0) } }
    coder.code(&template)
    coder.code(&trainingFile)
    coder.code(&fix)
    coder.code(&resumedFrom, blank: Resumption(job: "", step: 0)) { from, coder in
      coder.code(&from.job)
      coder.code(&from.step)
    }
    coder.code(&examines, blank: "") { $1.code(&$0) }
    coder.code(&suites, blank: []) { suites, coder in
      coder.code(&suites, blank: SuiteOrder(name: "", digest: "")) { suite, coder in
        coder.code(&suite.name)
        coder.code(&suite.digest)
      }
    }
    coder.code(&suiteLimit, blank: 0) { $1.code(&$0) }
    coder.code(&quote, blank: Quote(cost: (0, 0, 0), seconds: (0, 0, 0))) { quote, coder in
      coder.code(&quote.cost10)
      coder.code(&quote.cost50)
      coder.code(&quote.cost90)
      coder.code(&quote.seconds10)
      coder.code(&quote.seconds50)
      coder.code(&quote.seconds90)
    }
  }
}

extension JobConfiguration {
  fileprivate mutating func code(_ coder: inout StateCoder) {
    var word = preset.rawValue
    coder.code(&word)
    if let read = Preset(rawValue: word) { preset = read } else { coder.fail() }
    coder.code(&pricing)
    coder.code(&rank)
    coder.code(&learningRate)
    coder.code(&epochs)
    coder.code(&batchSize)
    coder.code(&gradientAccumulation)
    coder.code(&maxSequenceLength)
    coder.code(&checkpointEvery)
    coder.code(&trainingPairs)
    coder.code(&tokensPerPair)
    coder.code(&statedSteps, blank: 0) { $1.code(&$0) }
    coder.code(&suitePasses, blank: 0) { $1.code(&$0) }
  }
}
