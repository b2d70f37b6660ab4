"""A certificate authority that lives as long as the mock, and vouches for its hosts.

Its key never leaves the memory of this process, so that nobody else can make use of a
program that trusts it.
"""

import ssl
from collections.abc import Iterable


class Authority:
    """Vouches for *hosts*, until it is told of others, and for nobody else."""

    def __init__(self, hosts: Iterable[str]) -> None:
        import trustme  # noqa: PLC0415 - 80 ms that only a proxy is worth

        self._authority = trustme.CA(
            organization_name="Reelspec mock, this machine only"
        )
        self.certificate = self._authority.cert_pem.bytes()
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.set_alpn_protocols(["http/1.1"])
        self._hosts: frozenset[str] = frozenset()
        self.vouch(hosts)

    def vouch(self, hosts: Iterable[str]) -> None:
        """Vouch for *hosts* from now on, and no more for others."""
        if (named := frozenset(hosts)) != self._hosts:
            self._hosts = named
            self._authority.issue_cert(*sorted(named)).configure_cert(self.context)
