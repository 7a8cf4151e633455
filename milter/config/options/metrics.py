"""Where do those ask who watch the gateway? Pure."""

from pydantic import Field

from milter.config.options.section import Section
from milter.config.options.smtp import Listen


class MetricsConfig(Section):
    """[metrics]: figures for Prometheus, and whether all is well."""

    listen: tuple[Listen, ...] = Field(
        (),
        description="Where /metrics, /healthz and /readyz are answered, as in 127.0.0.1:10090; without a "
        "password, so a network that only your monitoring reaches. Nothing about a mail or a person is in "
        "them. Empty: nowhere.",
    )
