"""What becomes of a mail after 354? Its text is received, judged, and goes on or is held."""

from collections.abc import Callable

from milter.decision import Deliver
from milter.errors import Reply, VigimelError
from milter.intake.input import Input
from milter.intake.onward import Onward
from milter.intake.patience import Patience
from milter.intake.reception import Reception
from milter.intake.service import Room, Service
from milter.mail.envelope import Envelope
from milter.meter.signs import STAGES, Stage

NO_ROOM = Reply(452, "4.3.1", "Too many large mails under way, try again later")

# What the client hears where it was a fault of ours that kept the mail from the next hop.
NOT_TOLD = VigimelError.reply


async def receive(service: Service, room: Room, client_input: Input, patience: Patience) -> Reception:
    """The text up to its end; HungUp where it has none. What comes after it stays in the input."""
    config = service.config
    reception = Reception(
        config.max_message_size, config.max_header_size, normalize=config.bare_newlines == "normalize"
    )
    patience.expect_mail()
    with STAGES.timing(Stage.READ):
        while (rest := reception.feed(block := await client_input.block())) is None:
            patience.received(len(block))
            if reception.is_keeping and not room.take(len(block)):
                reception.refuse(NO_ROOM)
                room.give_back()
    client_input.give_back(rest)
    return reception


async def judge_and_relay(
    service: Service,
    onward: Onward,
    reception: Reception,
    envelope: Envelope,
    refused: Callable[[Reply], Reply],
) -> Reply:
    """The answer to the final dot; `refused` hears of a mail that is none to judge."""
    mail = reception.mail()
    if isinstance(mail, Reply):
        return refused(mail)
    decision = await service.gate.decide(mail, envelope)
    reply = decision.reply if not isinstance(decision, Deliver) else NOT_TOLD
    try:
        if isinstance(decision, Deliver):
            reply = await onward.data(decision.mail_id, decision.chunks)
    finally:
        service.gate.ended(decision, reply)
    return reply
