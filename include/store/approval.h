#pragma once
/* A second person agrees to a campaign before it goes out (docs/adr/0047).
 *
 * One that needs it (campaign.approval_why) is `proposed`: it waits, and neither a restart, nor a
 * resume, nor its time starts it; its deadline ends it. What is agreed to is a digest of text and
 * list: a campaign whose digest is another since is proposed again when somebody resumes it.
 *
 * An approval that Redis has lost is not told it again by a journal: it is asked for again. */
#include "core/digest.h"
#include "store/campaign.h"
#include "store/deed.h"

/* Of what people would get: the message, the list, and what it goes by (gateway, hours). Whoever changes one
 * of them stores the new digest, and who did as `author`, in the same step. */
void campaign_digest(const struct campaign *c, struct slice message, char out[DIGEST_BYTES]);

struct approval {
    uint32_t campaign;
    enum campaign_move move; /* MOVE_APPROVE or MOVE_SEND_BACK */
    struct slice member;     /* the id of who does it */
    struct slice digest;     /* of what they have seen; of an approval */
    struct slice why;        /* of who sends it back, for the author */
};
/* Of two who approve at once one does it. ERR_REFUSED: they wrote it;
 * ERR_CONFLICT: it was changed since they looked, or does not wait for anybody; ERR_NOT_FOUND. */
void campaign_decide(struct store *s, const struct approval *a, struct deed deed, store_done_cb *cb,
                     void *arg);
