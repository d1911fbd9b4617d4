"""Asks the trained model one thing: python inference.py "What are the benefits of a Roth IRA?" """

from __future__ import annotations

import argparse

from model import ChatModel

SYSTEM = "You are a warm, professional financial planner who explains why before what."


def main() -> None:
    parser = argparse.ArgumentParser(description="Asks the trained model one thing.")
    parser.add_argument("prompt")
    parser.add_argument("--system", default=SYSTEM, help="what the model is told to be")
    parser.add_argument("--max-tokens", type=int, default=500)
    parser.add_argument("--temperature", type=float, default=0.7, help="0: always the likeliest token")
    parser.add_argument("--base-model", help="instead of the one the adapters were trained on")
    options = parser.parse_args()
    messages = [{"role": "system", "content": options.system}, {"role": "user", "content": options.prompt}]
    for piece in ChatModel(options.base_model).stream(messages, options.max_tokens, options.temperature):
        print(piece, end="", flush=True)
    print()


if __name__ == "__main__":
    main()
