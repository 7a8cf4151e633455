"""Which options are there? One frozen class a section; default and reason stand beside each option.

Pure. The shipped config/vigimel.toml shows the same defaults and the same reasons; a test compares them.
"""

import socket

from milter.config.options.digest import DigestConfig
from milter.config.options.judging import DnsConfig, JudgeConfig, ProofConfig
from milter.config.options.metrics import MetricsConfig
from milter.config.options.milter import MilterConfig
from milter.config.options.next_hop import NextHopConfig
from milter.config.options.oidc import OidcConfig
from milter.config.options.policy import PolicyConfig
from milter.config.options.quarantine import QuarantineConfig
from milter.config.options.report import ReportConfig, ReportKitConfig
from milter.config.options.review import ReviewConfig
from milter.config.options.section import Section
from milter.config.options.service import LogConfig, ServiceConfig, StateConfig
from milter.config.options.smtp import SmtpConfig
from milter.config.options.trace import TraceConfig

__all__ = [
    "Config",
    "DigestConfig",
    "DnsConfig",
    "JudgeConfig",
    "LogConfig",
    "MetricsConfig",
    "MilterConfig",
    "NextHopConfig",
    "OidcConfig",
    "PolicyConfig",
    "ProofConfig",
    "QuarantineConfig",
    "ReportConfig",
    "ReportKitConfig",
    "ReviewConfig",
    "ServiceConfig",
    "SmtpConfig",
    "StateConfig",
    "TraceConfig",
]


class Config(Section):
    """Everything the operator may set."""

    state: StateConfig = StateConfig()
    service: ServiceConfig = ServiceConfig()
    smtp: SmtpConfig = SmtpConfig()
    milter: MilterConfig = MilterConfig()
    next_hop: NextHopConfig = NextHopConfig()
    quarantine: QuarantineConfig = QuarantineConfig()
    trace: TraceConfig = TraceConfig()
    review: ReviewConfig = ReviewConfig()
    oidc: OidcConfig = OidcConfig()
    metrics: MetricsConfig = MetricsConfig()
    report: ReportConfig = ReportConfig()
    report_kit: ReportKitConfig = ReportKitConfig()
    digest: DigestConfig = DigestConfig()
    dns: DnsConfig = DnsConfig()
    proof: ProofConfig = ProofConfig()
    judge: JudgeConfig = JudgeConfig()
    policy: PolicyConfig = PolicyConfig()
    log: LogConfig = LogConfig()

    @property
    def hostname(self) -> str:
        """The name we go by in SMTP."""
        # Not getfqdn: it asks DNS, and a start with DNS away would hang.
        return self.smtp.hostname or socket.gethostname()

    @property
    def authserv_id(self) -> str:
        """The name we go by in Authentication-Results."""
        return self.policy.authserv_id or self.hostname

    @property
    def report_language(self) -> str:
        """The language of reports."""
        return self.report.language or self.policy.language

    @property
    def digest_language(self) -> str:
        """The language of digests."""
        return self.digest.language or self.policy.language

    @property
    def digest_url(self) -> str:
        """Where recipients ask for a mail."""
        return (self.digest.url or self.review.url).rstrip("/")

    @property
    def report_sender(self) -> str:
        """The address that our own mail comes from."""
        return self.report.sender or f"vigimel@{self.hostname}"
