/** The open inbox: each part of it is a module of its own. */

import "./clock.js";
import "./rows.js";
import "./moving.js";
import "./digits.js";
import "./picking.js";
import "./views.js";
import "./completing.js";
import "./mentioning.js";
import "./paper.js";
import "./acts.js";
import "./judging.js";
import "./findings.js";
import "./macros.js";
import "./drafts.js";
import "./attachments.js";
import "./copying.js";
import "./presence.js";
import "./line.js";
