FROM python:3.13-slim

# Dependencies first, by hash: they change less often than the code.
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt \
    && useradd --system --uid 10001 --create-home --home-dir /var/lib/lvzhi lvzhi

COPY domain ./domain
COPY application ./application
COPY projections ./projections
COPY interfaces ./interfaces
COPY packs ./packs

ENV PYTHONUTF8=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONPATH=/app \
    LVZHI_DATA=/var/lib/lvzhi
USER lvzhi
VOLUME /var/lib/lvzhi
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --retries=6 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/livez', timeout=2)"]
ENTRYPOINT ["python", "-m", "interfaces.cli"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
