"""What the scripts of the inbox say, in the reader's language; figures and names are filled in by them."""

from __future__ import annotations

from django.utils.translation import gettext as _


def inbox_words() -> dict[str, str]:
    """Each sentence by the name under which scripts know it."""
    return {
        "fresh": _("new"),
        "one_new": _("1 new"),
        "many_new": _("%(count)s new"),
        "on_its_way": _("on its way …"),
        "with": _("with %(name)s"),
        "me": _("me"),
        "nobody": _("nobody"),
        "offline": _("No connection. Nothing was changed."),
        "offline_text": _("No connection. Nothing was sent; the text is kept."),
        "signed_out_act": _("Signed out meanwhile. Nothing was changed; the text is kept."),
        "may_not": _("This account may no longer do that. Nothing was changed."),
        "did_not_work": _("That did not work. Nothing was changed."),
        "not_opened": _("This case cannot be opened; it may have been deleted."),
        "draft_kept": _("draft kept %(time)s"),
        "draft_here_only": _("kept in this tab only"),
        "draft_elsewhere": _("This draft was changed in another place."),
        "draft_gone": _("In another place this draft was sent or removed."),
        "draft_take": _("Show the other one"),
        "is_writing": _("%(name)s is writing …"),
        "is_looking": _("%(name)s is looking"),
        "writes_an_answer": _("%(name)s is writing an answer to this already."),
        "line_lost": _("The connection is lost. Shown is what was known at %(time)s; the rest follows by itself."),
        "signed_out": _("Signed out. What was typed stays here and is kept after signing in."),
        "sign_in": _("Sign in"),
        "picked": _("%(count)s selected"),
    }
