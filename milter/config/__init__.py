"""What has the operator chosen? Frozen values; `load` reports every problem at once."""

from milter.config.load import find, load, shipped
from milter.config.options import (
    Config,
    DnsConfig,
    JudgeConfig,
    LogConfig,
    MetricsConfig,
    MilterConfig,
    NextHopConfig,
    PolicyConfig,
    QuarantineConfig,
    ReportConfig,
    ReportKitConfig,
    ReviewConfig,
    ServiceConfig,
    SmtpConfig,
    StateConfig,
    TraceConfig,
)

__all__ = [
    "Config",
    "DnsConfig",
    "JudgeConfig",
    "LogConfig",
    "MetricsConfig",
    "MilterConfig",
    "NextHopConfig",
    "PolicyConfig",
    "QuarantineConfig",
    "ReportConfig",
    "ReportKitConfig",
    "ReviewConfig",
    "ServiceConfig",
    "SmtpConfig",
    "StateConfig",
    "TraceConfig",
    "find",
    "load",
    "shipped",
]
