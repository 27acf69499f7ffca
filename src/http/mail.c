// SPDX-License-Identifier: EUPL-1.2
#include "http/mail.h"

#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

bool mailbox_init(struct mailbox *m)
{
    pthread_mutex_init(&m->lock, NULL);
    m->first = NULL;
    m->last = &m->first;
    m->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return m->fd >= 0;
}

void mailbox_free(struct mailbox *m)
{
    if (m->fd >= 0) close(m->fd);
    pthread_mutex_destroy(&m->lock);
}

void mail_ring(struct mailbox *m)
{
    const uint64_t one = 1;
    ssize_t        n = write(m->fd, &one, sizeof one);
    (void)n; // it fails at 2^64 - 2 rings alone, and then it rings already
}

void mail_post(struct mailbox *m, struct letter *l)
{
    l->next = NULL;
    pthread_mutex_lock(&m->lock);
    bool first = !m->first;
    *m->last = l;
    m->last = &l->next;
    pthread_mutex_unlock(&m->lock);
    if (first) mail_ring(m); // whoever was there before has rung
}

struct letter *mail_take(struct mailbox *m)
{
    uint64_t rings;
    ssize_t  n = read(m->fd, &rings, sizeof rings);
    (void)n;
    pthread_mutex_lock(&m->lock);
    struct letter *l = m->first;
    m->first = NULL;
    m->last = &m->first;
    pthread_mutex_unlock(&m->lock);
    return l;
}
