"""An exam page without a browser: signs in, sits, and keeps a journal of what was acknowledged."""

import http.client
import json
import threading
from typing import Any
from urllib.parse import urlsplit

TOKEN = "t" * 32  # the same in cookie and header is all that the check asks for


class ExamPage:
    """One window; `stored` is what the server said it has: position -> (seq, selected)."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = ""
        self.attempt = 0
        self.sitting: int | None = None
        self.seq = 0
        self.stored: dict[int, tuple[int, list[int]]] = {}

    def ask(self, method: str, path: str, data: Any = None) -> tuple[int, str, str]:
        """Status, where it leads, and text; OSError or HTTPException when no whole answer came."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=40)
        headers = {"X-CSRFToken": TOKEN, "Cookie": f"csrftoken={TOKEN}; sessionid={self.session}"}
        if data is not None:
            headers["Content-Type"] = "application/json"
        connection.request(method, path, "" if data is None else json.dumps(data), headers)
        response = connection.getresponse()
        for cookie in response.headers.get_all("Set-Cookie", []):
            if cookie.startswith("sessionid="):
                self.session = cookie.split(";")[0].removeprefix("sessionid=")
        text = response.read().decode()
        connection.close()
        return response.status, response.headers.get("Location", ""), text

    def sign_in(self, link: str) -> None:
        """By a demo link."""
        assert self.ask("POST", urlsplit(link).path)[0] == 302

    def start(self, slug: str) -> None:
        """An exam, and the sitting of it."""
        status, where, _text = self.ask("POST", f"/exams/{slug}/start")
        assert status == 302, where
        self.attempt = int(where.split("/")[2])
        self.claim()

    def post(self, name: str, data: dict[str, Any]) -> dict[str, Any]:
        """Claim, sync or submit; what was answered, with its status."""
        status, _where, text = self.ask(
            "POST", f"/attempts/{self.attempt}/{name}", {"v": 1, **data}
        )
        try:
            return {**json.loads(text), "status": status}
        except ValueError:
            return {"status": status, "error": f"no JSON: {text[:300]}"}

    def claim(self) -> dict[str, Any]:
        """This page sits from now on."""
        answer = self.post("claim", {"previous": self.sitting, "take_over": False})
        assert answer["status"] == 200, answer
        self.sitting = answer["sitting"]
        return answer

    def save(self, position: int, selected: list[int]) -> dict[str, Any]:
        """One choice."""
        self.seq += 1
        return self.send([self.change(position, self.seq, selected)])

    def change(self, position: int, seq: int, selected: list[int]) -> dict[str, Any]:
        """As the page sends it."""
        return {
            **{"position": position, "seq": seq, "at_ms": seq, "spent_ms": seq},
            **{"selected": selected, "eliminated": [], "flagged": False},
            **{"note": "", "highlights": []},
        }

    def send(self, changes: list[dict[str, Any]]) -> dict[str, Any]:
        """A batch; what is acknowledged goes into the journal as stored."""
        answer = self.post("sync", {"sitting": self.sitting, "changes": changes})
        for change in changes:
            if answer.get("acked", {}).get(str(change["position"])) == change["seq"]:
                self.stored[change["position"]] = (change["seq"], change["selected"])
        return answer

    def recall(self, responses: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
        """What was acknowledged once and the server does not have, as changes."""
        return [
            self.change(position, seq, selected)
            for position, (seq, selected) in sorted(self.stored.items())
            if responses[str(position)]["seq"] < seq
        ]


class Saving(threading.Thread):
    """Goes on saving, choice after choice, until it is told to stop."""

    def __init__(self, page: ExamPage, positions: int = 20) -> None:
        super().__init__(daemon=True)
        self.page = page
        self.positions = positions
        self.unanswered = 0  # requests without a whole answer
        self.refused: list[dict[str, Any]] = []
        self._over = threading.Event()
        self._news = threading.Condition()
        self.start()

    def run(self) -> None:
        """One choice after another."""
        turn = 0
        while not self._over.is_set():
            turn += 1
            try:
                answer = self.page.save(turn % self.positions + 1, [turn % 4 + 1])
                if answer["status"] != 200:
                    self.refused.append(answer)
            except (OSError, http.client.HTTPException):
                self.unanswered += 1
                self._over.wait(0.05)
            with self._news:
                self._news.notify_all()

    def go_on(self, more: int, seconds: float = 60.0) -> bool:
        """Waits until so many more were acknowledged."""
        wanted = self.acknowledged + more
        with self._news:
            return self._news.wait_for(lambda: self.acknowledged >= wanted, seconds)

    @property
    def acknowledged(self) -> int:
        """The newest number that the server has acknowledged."""
        return max((seq for seq, _selected in self.page.stored.values()), default=0)

    def stop(self) -> None:
        """The last request is awaited."""
        self._over.set()
        self.join(60)
