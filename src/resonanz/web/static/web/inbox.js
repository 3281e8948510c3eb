/** The open inbox: each part of it is a module of its own. */

import "./clock.js";
import "./rows.js";
import "./moving.js";
import "./paper.js";
import "./acts.js";
import "./drafts.js";
import "./presence.js";
import "./line.js";
