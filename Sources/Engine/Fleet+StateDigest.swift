import DiscreteEvent

extension Fleet {
  /// The version of what ``evolve(_:at:)`` computes. Raised whenever the same events lead to another state; state digests of
  /// different versions are not held against each other.
  public static let version = 4

  /// A digest of all the state there is: equal fleets have equal digests. O(jobs).
  ///
  /// Where jobs are forgotten (a simulation does), their places count too: compare fleets that came about in the same way.
  public var stateDigest: Digest {
    var digest = Digest()
    digest.append(Int64(jobs.count))
    for job in jobs { job.append(to: &digest) }
    digest.append(Int64(slots.count))
    for slot in slots { digest.append(UInt64(slot.rawValue)) }
    for slot in freeSlots { digest.append(Int64(slot)) }
    for job in freeJobs { digest.append(UInt64(job.rawValue)) }
    for number in [UInt64(queueHead.rawValue), UInt64(queueTail.rawValue), UInt64(queued), UInt64(slotsInUse)] {
      digest.append(number)
    }
    for account in Account.allCases { digest.append(ledger.accounts[account]) }
    digest.append(ledger.payable)
    budget.append(to: &digest)
    digest.append(self.digest.value)
    return digest
  }
}

extension Job {
  fileprivate func append(to digest: inout Digest) {
    digest.append(UInt64(spec.ordinal))
    digest.append(UInt64(spec.pricing.rawValue))
    digest.append(Int64(spec.steps))
    digest.append(UInt64(spec.allocation))
    digest.append(spec.reservation)
    digest.append(spec.maxCost)
    digest.append(UInt64(spec.retryOf))
    for word in [phase.rawValue, pricing.rawValue, outcome.rawValue, failure.rawValue, refusal.rawValue] {
      digest.append(UInt64(word))
    }
    digest.append(UInt64(question.rawValue) << 8 | UInt64(answer.rawValue))
    digest.append(UInt64(overridden ? 1 : 0) << 1 | UInt64(preprocessed ? 1 : 0))
    for number in [interruptions, failures, failedRecoveries, durableStep, slot, attempts] {
      digest.append(Int64(number))
    }
    digest.append(UInt64(requests))
    digest.append(setAside)
    for instant in [submitted, admitted, ended, firstAttempt, deadline] { digest.append(instant) }
    lease.append(to: &digest)
    for account in Account.allCases { digest.append(costs[account]) }
    digest.append(billed.microseconds)
    digest.append(UInt64(next.rawValue) << 32 | UInt64(previous.rawValue))
  }
}

extension Lease {
  fileprivate func append(to digest: inout Digest) {
    digest.append(UInt64(number) << 16 | UInt64(pricing.rawValue) << 8 | UInt64(isOpen ? 1 : 0))
    for number in [hourlyRate, posted, attributed, Int64(firstStep)] { digest.append(number) }
    for instant in [granted, settled, attributedAt, trainedUntil, trainingEnded] { digest.append(instant) }
  }
}

extension BudgetState {
  fileprivate func append(to digest: inout Digest) {
    digest.append(Int64(boundaries.count))
    for boundary in boundaries { digest.append(boundary) }
    digest.append(limit ?? -1)
    digest.append(UInt64(blocks ? 0 : 1) << 8 | UInt64(period.rawValue))
    for numbers in [allocations, spentByAllocation, reservedElsewhereByAllocation] {
      digest.append(Int64(numbers.count))
      for number in numbers { digest.append(number) }
    }
    digest.append(spent)
    digest.append(reservedElsewhere)
    digest.append(Int64(forgetsAt))
    digest.append(Int64(stretches.count))
    for s in stretches {
      digest.append(s.from)
      digest.append(s.to)
      digest.append(s.amount)
      digest.append(UInt64(s.allocation))
    }
  }
}
