"""What does DNS say, as seen from here? More checks of `vigimel doctor`; none raises or changes anything."""

import asyncio

import dns.exception
import dns.message
import dns.query
import dns.rcode
import dns.resolver

from milter.brand.load import load_brands
from milter.cli.surroundings import Check, Checked, State, Texts
from milter.config import Config
from milter.config.address import HostPort
from milter.errors import TryLater
from milter.proof.dmarc import read_record
from milter.proof.dns import Resolver

TEXTS = {
    "fr": {
        "dns_tcp": "DNS par TCP",
        "official": "domaines officiels",
        "keys": "clés officielles",
        "tcp_ok": "{servers} répond aussi par TCP",
        "tcp_away": "{servers} ne répond pas par TCP, les clés longues ne seront pas lues : ouvrir 53/tcp",
        "dmarc_ok": "vus d'ici : {found}",
        "dmarc_none": "sans enregistrement DMARC vu d'ici : {missing} ; le résolveur filtre-t-il ?",
        "keys_ok": "vus d'ici, des clés DKIM peuvent être publiées par {found}",
        "keys_none": "vus d'ici, aucune clé DKIM possible pour {missing} (NXDOMAIN pour _domainkey) : leur "
        "courrier ne pourra rien prouver ; le résolveur filtre-t-il ?",
    },
    "en": {
        "dns_tcp": "DNS by TCP",
        "official": "official domains",
        "keys": "official keys",
        "tcp_ok": "{servers} answers by TCP, too",
        "tcp_away": "{servers} does not answer by TCP: long keys cannot be read; open port 53/tcp",
        "dmarc_ok": "as seen from here: {found}",
        "dmarc_none": "no DMARC record seen from here: {missing}; does the resolver filter?",
        "keys_ok": "as seen from here, DKIM keys may be published by {found}",
        "keys_none": "as seen from here, there can be no DKIM key of {missing} (NXDOMAIN for _domainkey): "
        "their mail will prove nothing; does the resolver filter?",
    },
}


async def dns_tcp(config: Config, text: Texts) -> Checked:
    """Do the resolvers answer by TCP? A key of 2048 bits may not fit into a datagram."""
    try:
        servers = _servers(config)
    except dns.exception.DNSException as error:
        return State.WRONG, text["no_answer"].format(why=error)
    name = load_brands(config.judge.brands)[0].domains[0].domain.name
    away = [server for server in servers if not await asyncio.to_thread(_answers, server, name, config)]
    if away:
        return State.NOTE, text["tcp_away"].format(servers=", ".join(away))
    return State.OK, text["tcp_ok"].format(servers=", ".join(servers))


def _servers(config: Config) -> tuple[str, ...]:
    return config.dns.nameservers or tuple(map(str, dns.resolver.Resolver().nameservers))


def _answers(server: str, name: str, config: Config) -> bool:
    place = HostPort.parse(server, 53)
    try:
        dns.query.tcp(dns.message.make_query(name, "MX"), place.host, config.dns.timeout, place.port)
    except (dns.exception.DNSException, OSError, EOFError):
        return False
    return True


async def official(config: Config, text: Texts) -> Checked:
    """What do the domains say that official mail comes from?"""
    resolver = Resolver(config.dns.nameservers, config.dns.timeout)
    wanted = {owned.domain for brand in load_brands(config.judge.brands) for owned in brand.domains}
    found, missing = [], []
    for domain in sorted(wanted, key=str):
        name = f"_dmarc.{domain}"
        try:
            record = read_record(name, await resolver.txt(name))
        except TryLater as error:
            return State.WRONG, text["no_answer"].format(why=error)
        if record is None:
            missing.append(str(domain))
        else:
            found.append(f"{domain} p={record.tag('p')}")
    if missing:
        return State.NOTE, text["dmarc_none"].format(missing=", ".join(missing))
    return State.OK, text["dmarc_ok"].format(found=", ".join(found))


async def keys(config: Config, text: Texts) -> Checked:
    """Can the domains of official mail have DKIM keys? Which ones, only a signature would say."""
    wanted = sorted({str(one.domain) for brand in load_brands(config.judge.brands) for one in brand.domains})
    try:
        missing = [name for name in wanted if not await asyncio.to_thread(_may_have_keys, name, config)]
    except (dns.exception.DNSException, OSError, EOFError) as error:
        return State.WRONG, text["no_answer"].format(why=error)
    if missing:
        return State.NOTE, text["keys_none"].format(missing=", ".join(missing))
    return State.OK, text["keys_ok"].format(found=", ".join(wanted))


def _may_have_keys(domain: str, config: Config) -> bool:
    """Whether there is anything at or below _domainkey: NXDOMAIN is for all that is below, too (RFC 8020)."""
    place = HostPort.parse(_servers(config)[0], 53)
    question = dns.message.make_query(f"_domainkey.{domain}", "TXT")
    answer, _ = dns.query.udp_with_fallback(question, place.host, config.dns.timeout, place.port)
    return answer.rcode() != dns.rcode.NXDOMAIN


CHECKS: dict[str, Check] = {
    "dns_tcp": dns_tcp,
    "official": official,
    "keys": keys,
}
