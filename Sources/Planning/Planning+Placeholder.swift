// The target's first file comes with its first type.
