# One image for web, workers, beat and the one-off preparation; docker-compose.yml says which.
FROM python:3.13-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 CUTSCORE_DATA_DIR=/data
# Files of this release are in the image; a volume keeps those of the releases before it.
ENV STATIC_ROOT=/srv/static STATIC_KEPT=/srv/static-kept
# A calibration must not take all processors.
ENV OPENBLAS_NUM_THREADS=1
WORKDIR /srv/cutscore

COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes --requirement requirements.txt

COPY . .
RUN useradd --system --create-home cutscore && \
    install --directory --owner cutscore /data /srv/static /srv/static-kept
USER cutscore
# Static files need no database and no real key; this one is for this step alone.
RUN SECRET_KEY=only-while-building python manage.py collectstatic --noinput --verbosity 0

VOLUME /data
EXPOSE 8000
CMD ["granian", "config.wsgi:application", "--interface", "wsgi", "--host", "0.0.0.0", "--no-ws"]
