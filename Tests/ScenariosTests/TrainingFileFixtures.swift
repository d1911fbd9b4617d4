import Foundation

/// Small training files of the real ones' shape.
enum TrainingText {
  static func pair(
    _ turn: Int, conversation: String = "c", target: String = "\"You are not alone in this.\"",
    replacing old: String = "", with new: String = ""
  ) -> String {
    let history =
      turn == 1
      ? "" : #"{"turn": 1, "role": "user", "content": "I feel lost.", "emotional_state": {"primary": "fear"}}"#
    let text = """
      {"id": "\(conversation)_turn\(turn)", "conversation_id": "\(conversation)", "turn_number": \(turn),
      "conversation_metadata": {"persona_archetype": "anxious_planner", "emotional_arc_key": "fear_to_calm",
        "training_topic_key": ""},
      "system_prompt": "You are kind.", "conversation_history": [\(history)],
      "current_user_input": "What should I do about my “401k”?", "emotional_context": {"detected_emotions": {}},
      "target_response": \(target),
      "training_metadata": {"quality_score": \(turn + 2), "human_reviewed": \(turn == 2)}}
      """
    return old.isEmpty ? text : text.replacingOccurrences(of: old, with: new)
  }

  static func conversation(_ id: String, pairs: [String]) -> String {
    """
    {"conversation_metadata": {"conversation_id": "\(id)", "source_file": "x", "created_date": "2026-01-01",
      "total_turns": \(pairs.count), "quality_tier": "t",
      "scaffolding": {"persona_key": "anxious_planner", "emotional_arc_key": "", "training_topic_key": "esg"}},
     "training_pairs": [
    \(pairs.joined(separator: ",\n"))
    ]}
    """
  }

  static func file(conversations: [String], stated: Int? = nil) -> String {
    """
    {"training_file_metadata": {"file_name": "small", "version": "4.0.0", "format_spec": "brightrun-lora-v4",
      "total_conversations": \(stated ?? conversations.count)},
    "consultant_profile": {"name": "x"},
    "conversations": [
    \(conversations.joined(separator: ",\n"))
    ]}
    """
  }

  /// `count` conversations of two pairs, of which the first has no target.
  static func whole(_ count: Int) -> String {
    file(
      conversations: (0..<count).map {
        conversation("id-\($0)", pairs: [pair(1, target: "null"), pair(2)])
      })
  }
}

/// The user's real files, where this checkout has them beside it.
let realTrainingFiles = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("shared/data/training-files").path
