#include "sql/stack.h"

#include <pthread.h>

#define STACK_BYTES ((gsize)256 << 20) /* of address space: what is not touched costs nothing */

struct MlStack {
    pthread_t thread;
    gboolean started;
    GMutex turn; /* held by the caller whose function runs */
    GMutex lock; /* of what follows */
    GCond changed;
    GFunc run; /* NULL: nothing to do, or done */
    gpointer data, user_data;
    gboolean ending;
};

MlStack *ml_stack_new(void)
{
    MlStack *stack = g_new0(MlStack, 1);
    g_mutex_init(&stack->turn);
    g_mutex_init(&stack->lock);
    g_cond_init(&stack->changed);
    return stack;
}

static void *serve(void *data)
{
    MlStack *stack = data;
    g_mutex_lock(&stack->lock);
    while (!stack->ending) {
        if (stack->run == NULL) {
            g_cond_wait(&stack->changed, &stack->lock);
            continue;
        }
        stack->run(stack->data, stack->user_data);
        stack->run = NULL;
        g_cond_broadcast(&stack->changed);
    }
    g_mutex_unlock(&stack->lock);
    return NULL;
}

static gboolean start(MlStack *stack)
{
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0)
        return FALSE;
    gboolean started = pthread_attr_setstacksize(&attributes, STACK_BYTES) == 0 &&
                       pthread_create(&stack->thread, &attributes, serve, stack) == 0;
    pthread_attr_destroy(&attributes);
    return started;
}

static void hand_over(MlStack *stack, GFunc run, gpointer data, gpointer user_data)
{
    g_mutex_lock(&stack->lock);
    stack->data = data;
    stack->user_data = user_data;
    stack->run = run;
    g_cond_broadcast(&stack->changed);
    while (stack->run != NULL)
        g_cond_wait(&stack->changed, &stack->lock);
    g_mutex_unlock(&stack->lock);
}

gboolean ml_stack_run(MlStack *stack, GFunc run, gpointer data, gpointer user_data)
{
    g_mutex_lock(&stack->turn);
    stack->started = stack->started || start(stack);
    gboolean started = stack->started;
    if (started)
        hand_over(stack, run, data, user_data);
    g_mutex_unlock(&stack->turn);
    return started;
}

void ml_stack_free(MlStack *stack)
{
    if (stack == NULL)
        return;
    if (stack->started) {
        g_mutex_lock(&stack->lock);
        stack->ending = TRUE;
        g_cond_broadcast(&stack->changed);
        g_mutex_unlock(&stack->lock);
        pthread_join(stack->thread, NULL);
    }
    g_mutex_clear(&stack->turn);
    g_mutex_clear(&stack->lock);
    g_cond_clear(&stack->changed);
    g_free(stack);
}
