"""The tables of service: cases and what happens to them; what leaves through the one door."""

from resonanz.service.models.aftermath import Aftermath, Outcome
from resonanz.service.models.approvals import Approval, ApprovalState
from resonanz.service.models.assistant import (
    Assistant,
    AssistantCall,
    AssistantMonth,
    MachineDraft,
    MachineDraftState,
    Place,
)
from resonanz.service.models.attachments import Attachment
from resonanz.service.models.cases import (
    Case,
    CaseEvent,
    CaseNote,
    CasePost,
    CasePostState,
    CaseState,
    ClosedBecause,
    NoneNeeded,
    NoteMention,
)
from resonanz.service.models.deadlines import CaseWarning, Matter, Recomputation, RecomputationState, Stage
from resonanz.service.models.declarations import Declaration, DeclarationKind, DeclarationState
from resonanz.service.models.enquiries import Enquiry
from resonanz.service.models.known_issues import (
    BoundState,
    IssueCase,
    IssueState,
    IssueWording,
    KnownIssue,
    LeftOut,
    Occasion,
    Telling,
    WordingState,
)
from resonanz.service.models.macros import Macro
from resonanz.service.models.moderation import Moderation, ModerationAct, ModerationState
from resonanz.service.models.outgoing import NoAddress, Outgoing, OutgoingKind, OutgoingState, Proof
from resonanz.service.models.snippets import Snippet
from resonanz.service.models.workplace import Audience, CaseLink, CaseTag, SavedView, Tag, TagColour

__all__ = [
    "Aftermath",
    "Approval",
    "ApprovalState",
    "Assistant",
    "AssistantCall",
    "AssistantMonth",
    "Attachment",
    "Audience",
    "BoundState",
    "Case",
    "CaseEvent",
    "CaseLink",
    "CaseNote",
    "CasePost",
    "CasePostState",
    "CaseState",
    "CaseTag",
    "CaseWarning",
    "ClosedBecause",
    "Declaration",
    "DeclarationKind",
    "DeclarationState",
    "Enquiry",
    "IssueCase",
    "IssueState",
    "IssueWording",
    "KnownIssue",
    "LeftOut",
    "MachineDraft",
    "MachineDraftState",
    "Macro",
    "Matter",
    "Moderation",
    "ModerationAct",
    "ModerationState",
    "NoAddress",
    "NoneNeeded",
    "NoteMention",
    "Occasion",
    "Outcome",
    "Outgoing",
    "OutgoingKind",
    "OutgoingState",
    "Place",
    "Proof",
    "Recomputation",
    "RecomputationState",
    "SavedView",
    "Snippet",
    "Stage",
    "Tag",
    "TagColour",
    "Telling",
    "WordingState",
]
