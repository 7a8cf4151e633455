"""What are the grounds of a verdict, as plain values that a program can read? Pure.

The keys are those that `vigimel judge --json` writes. Numbers that identify a person are masked.
"""

from typing import Any

from milter.ask.ask import Ask
from milter.brand.promise import Promise
from milter.claim.claim import Claim
from milter.config.language import LANGUAGES
from milter.mail.masking import mask
from milter.proof.proof import Attestation, AuthResult, Standing
from milter.verdict.reason import reason
from milter.verdict.verdict import Verdict


def grounds(verdict: Verdict, action: str, language: str) -> dict[str, Any]:
    """The verdict and the action, ready for JSON."""
    proof = verdict.proof
    return {
        "finding": verdict.finding.value,
        "action": action,
        "brand": verdict.brand.key if verdict.brand else None,
        "brand_version": verdict.brand.version if verdict.brand else None,
        "claim": _claim(verdict.claim) if verdict.claim else None,
        "proof": {
            # Without a claim there was nothing to prove, and no proof was looked for.
            "standing": (verdict.standing or Standing.UNPROVEN).value,
            "results": [_result(result) for result in proof.results] if proof else [],
            "attested": _attested(proof.attested) if proof and proof.attested else None,
            # Whose word the author's address rests on, whatever was claimed beside it.
            "vouching": sorted(domain.name for domain in proof.vouching) if proof else [],
        },
        "asks": [_ask(ask, verdict.promise_against(ask), language) for ask in verdict.asks],
        "unreadable": sorted(verdict.unreadable),
        "ambiguous": sorted(verdict.ambiguous),
    }


def kept_grounds(verdict: Verdict, action: str, language: str) -> dict[str, Any]:
    """The same for the quarantine, with sentence, promises and the name of the organisation in each language:
    its readers may differ."""
    kept = grounds(verdict, action, language)
    for said, ask in zip(kept["asks"], verdict.asks, strict=True):
        if promise := verdict.promise_against(ask):
            for one in LANGUAGES:
                said["promise"][one], said["promise"][f"source_{one}"] = promise.said(one)
    names = {"fr": verdict.brand.name, "en": verdict.brand.name_en} if verdict.brand else {}
    return kept | {"names": names, "sentences": {one: mask(reason(verdict, one)) for one in LANGUAGES}}


def _claim(claim: Claim) -> dict[str, Any]:
    evidence = [
        {
            "where": trace.where,
            "shows": mask(trace.shows),
            "folded": mask(trace.folded),
            "likeness": trace.likeness.value,
            "weight": trace.weight,
        }
        for trace in claim.evidence
    ]
    strength = claim.strength.name.lower()
    return {"likeness": claim.likeness.value, "strength": strength, "evidence": evidence}


def _result(result: AuthResult) -> dict[str, Any]:
    return {
        "method": result.method.value,
        "result": result.result.value,
        "domain": str(result.domain) if result.domain else None,
        "selector": result.selector,
        "reason": result.reason,
    }


def _attested(attested: Attestation) -> dict[str, Any]:
    return {"by": attested.by, "domains": sorted(domain.name for domain in attested.domains)}


def _ask(ask: Ask, promise: Promise | None, language: str) -> dict[str, Any]:
    return {
        "kind": ask.kind.value,
        "quote": mask(ask.quote),
        "where": ask.where,
        "promise": _promise(promise, language) if promise else None,
    }


def _promise(promise: Promise, language: str) -> dict[str, str]:
    text, source = promise.said(language)
    return {"text": text, "source": source, "date": promise.date.isoformat()}
