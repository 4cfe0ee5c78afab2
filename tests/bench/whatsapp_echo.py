"""The yardstick for WhatsApp: the least to be done with a signed call. Arguments: API, token, phone, secret, port."""

from __future__ import annotations

import hashlib
import hmac
import sys

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def main(api: str, token: str, phone: str, secret: str, port: str) -> None:
    """Check the signature, say what was said, answer 200; until the process is ended."""
    client = httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, trust_env=False)

    async def webhook(request: Request) -> Response:
        body = await request.body()
        digest = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(request.headers.get("X-Hub-Signature-256", ""), digest):
            return Response(status_code=401)
        for message in (await request.json())["entry"][0]["changes"][0]["value"].get("messages", ()):
            said = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": message["from"]}
            said |= {"type": "text", "text": message["text"]}
            await client.post(f"{api}/v23.0/{phone}/messages", json=said)
        return Response()

    async def ready(_request: Request) -> Response:
        return Response()

    routes = [Route("/whatsapp/webhook", webhook, methods=["POST"]), Route("/readyz", ready)]
    uvicorn.run(Starlette(routes=routes), host="127.0.0.1", port=int(port), access_log=False, log_level="warning")


if __name__ == "__main__":
    main(*sys.argv[1:])
