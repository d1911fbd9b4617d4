"""The worker's own pod, and how it ends it when nobody else does."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping

TIMEOUT_S = 20.0
_PAUSE_S = 5.0


def end_own_pod(environment: Mapping[str, str], log: Callable[[str], None], tries: int = 12) -> bool:
    """Terminates the rented pod this process runs on. True: it will be gone; false: this is none, or nobody answers.

    The key is the pod's own, and stands in its environment only; it is neither logged nor an argument of anything.
    """
    pod, key = environment.get("RUNPOD_POD_ID"), environment.get("RUNPOD_API_KEY")
    if not pod or not key:
        return False
    base = environment.get("RUNPOD_API_BASE_URL", "https://api.runpod.io").rstrip("/")
    for attempt in range(tries):
        request = urllib.request.Request(
            f"{base}/v2/pods/{pod}", method="DELETE", headers={"Authorization": f"Bearer {key}"})
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S):
                return True
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return True
            log(f"the provider answers {error.code} to the end of pod {pod}")
        except (OSError, http.client.HTTPException) as error:
            log(f"the provider does not answer to the end of pod {pod}: {error}")
        if attempt + 1 < tries:
            time.sleep(min(_PAUSE_S, 2.0 ** attempt))
    return False
