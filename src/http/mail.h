// SPDX-License-Identifier: EUPL-1.2
// Where other threads leave what a loop is to go on with. Threads: mail_post from any; the rest from the loop.
#pragma once
#include <pthread.h>
#include <stdbool.h>

struct letter { // lives in what it is about
    struct letter *next;
};
struct mailbox {
    pthread_mutex_t lock;
    struct letter  *first, **last;
    int             fd; // readable when there is something, for epoll
};
bool           mailbox_init(struct mailbox *m); // false: the system has no more files
void           mailbox_free(struct mailbox *m);
void           mail_post(struct mailbox *m, struct letter *l);
void           mail_ring(struct mailbox *m); // wakes the loop without a letter
/// All letters, oldest first, linked by next; NULL: none.
struct letter *mail_take(struct mailbox *m);
